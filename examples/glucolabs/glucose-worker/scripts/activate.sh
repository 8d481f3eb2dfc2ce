#!/bin/sh
# Stops the old worker before the new one starts, so that no sensor is read twice: scripts/activate.sh production v0.9.2
set -eu
environment=$1 version=$2
kubectl --context "$environment" scale deployment/glucose-worker --replicas=0
kubectl --context "$environment" set image deployment/glucose-worker "worker=registry.example.org/glucolabs/glucose-worker:$version"
kubectl --context "$environment" scale deployment/glucose-worker --replicas=1
