#!/bin/sh
# No arguments, `serve`, or flags: the service. Anything else is run as it stands, as `sh` or `node`.
set -eu

# Cloud platforms say where to listen in PORT.
if [ -n "${PORT:-}" ]; then
  export BENTO_PORT="$PORT"
fi

case "${1:-serve}" in
  serve)
    if [ "$#" -gt 0 ]; then shift; fi
    exec node "$BENTO_PATH/dist/service.mjs" "$@"
    ;;
  -*)
    exec node "$BENTO_PATH/dist/service.mjs" "$@"
    ;;
  *)
    exec "$@"
    ;;
esac
