#!/bin/sh
# Reads .env as EPMPulse does. For the other scripts, which include this file.

# env_setting FILE NAME: prints the value, or nothing if it is empty or not set. The last line of a name wins. Fails if the file
# cannot be read, or if the value has a quote that is not closed.
env_setting() (
  [ -e "$1" ] || exit 0
  if [ ! -r "$1" ]; then
    echo "$1 cannot be read" >&2
    exit 1
  fi
  LC_ALL=C
  export LC_ALL
  mark=$(printf '\357\273\277')
  end='[[:space:]]*(#.*)?$'
  text=$(tr '\r' '\n' <"$1" |
    sed -nE "1s/^$mark//; s/^[[:space:]]*(export[[:space:]]+)?$2[[:space:]]*=[[:space:]]*//p" | tail -n 1)
  # A value that is understood begins with "=" here.
  case $text in
    \'*) value=$(printf '%s\n' "$text" | sed -nE "s/^'([^']*)'$end/=\1/p") ;;
    \"*) value=$(printf '%s\n' "$text" | sed -nE 's/^"(([^"\\]|\\.)*)"'"$end"'/=\1/; T; s/\\(["\\$`])/\1/g; p') ;;
    *) value=$(printf '=%s\n' "$text" | sed -E 's/^=#.*/=/; s/[[:space:]]+(#.*)?$//') ;;
  esac
  if [ -z "$value" ]; then
    echo "$1: the value of $2 must end with its opening quote" >&2
    exit 1
  fi
  printf '%s\n' "${value#=}"
)

# data_folder HOME FILE: prints the data folder of an installation with this .env. The environment wins, as for EPMPulse.
data_folder() (
  folder=${EPMPULSE_DATA_DIR-$(env_setting "$2" EPMPULSE_DATA_DIR)} || exit 1
  case $folder in
    '') printf '%s\n' "$1/data" ;;
    /*) printf '%s\n' "$folder" ;;
    *) printf '%s\n' "$1/$folder" ;;
  esac
)
