#!/bin/sh
# Accepts today's results as the golden ones. Read the difference before committing it, and say in the commit and in
# CHANGELOG.md which numbers moved and why.
#   tools/accept.sh [RONGHE]
set -eu
cd "$(dirname "$0")/.." || exit 1
tests/test_golden.sh "${1:-build/src/cli/ronghe}" tests/golden/ningxia.csv
git --no-pager diff --stat -- tests/golden
