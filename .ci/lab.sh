#!/usr/bin/env bash
# Open the lessons in JupyterLab. Token authentication stays on; a port that is taken is not a problem.
set -euo pipefail
cd "$(dirname "$0")/.."

OPTIONS=(--ServerApp.root_dir="$PWD/notebooks" --LabApp.news_url=None
    --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate)
[ "$(id -u)" -ne 0 ] || OPTIONS+=(--allow-root)  # a container's root; nobody else needs it
if [ "$(uname)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && ! grep -qi microsoft /proc/version; then
    OPTIONS+=(--no-browser)
    echo "There is no display here: open the address that is printed below (it holds the token) in a browser."
fi
echo "Begin with 01_callbacks.ipynb. Stop the server with Ctrl-C."
PATH="$PWD/.venv/bin:$PATH" exec .venv/bin/python -m jupyterlab "${OPTIONS[@]}" "$@"
