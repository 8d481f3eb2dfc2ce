#!/bin/sh
# Builds the image of the commit that is checked out.
set -eu
version=$(git describe --tags --always)
docker build --tag "registry.example.org/glucolabs/glucose-web:$version" .
