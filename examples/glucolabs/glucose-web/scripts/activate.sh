#!/bin/sh
# Makes a version the one that serves: scripts/activate.sh production v1.0.0
set -eu
environment=$1 version=$2
kubectl --context "$environment" set image deployment/glucose-web "web=registry.example.org/glucolabs/glucose-web:$version"
kubectl --context "$environment" rollout status deployment/glucose-web --timeout=120s
