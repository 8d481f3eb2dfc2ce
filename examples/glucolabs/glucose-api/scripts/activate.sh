#!/bin/sh
# Makes a version the one that serves: scripts/activate.sh production v1.4.0
set -eu
environment=$1 version=$2
kubectl --context "$environment" set image deployment/glucose-api "api=registry.example.org/glucolabs/glucose-api:$version"
kubectl --context "$environment" rollout status deployment/glucose-api --timeout=180s
