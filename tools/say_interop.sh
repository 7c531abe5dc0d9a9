#!/bin/sh
# What `make test` leaves out, said aloud: the tests against another implementation of AS4.
missing=
command -v javac >/dev/null 2>&1 || missing="a JDK"
command -v mvn >/dev/null 2>&1 || missing="${missing:+$missing and }Maven"
if [ -n "$missing" ]; then
  echo "SKIPPED: tests/interop (phase4 as a partner): this machine lacks $missing; then: make interop"
else
  echo "NOT PART OF THIS: tests/interop (phase4 as a partner) runs with: make interop"
fi
