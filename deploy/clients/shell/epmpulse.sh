# shellcheck shell=sh disable=SC2030,SC2031
# Posts the status of a load to EPMPulse from a POSIX shell, without ever disturbing the script that uses it.
#
#   export EPMPULSE_URL=https://epmpulse.example.com EPMPULSE_API_KEY=...
#   . /opt/epmpulse/epmpulse.sh
#
#   epmpulse_exec --app Planning --domain Actual --job-id LOAD_001 -- epmautomate.sh runDataRule ...
#   epmpulse_status Planning Actual OK LOAD_001 'all files' https://logs.example.com/LOAD_001
#
# or, where nothing is sourced: sh epmpulse.sh exec --app Planning ... -- COMMAND
#
# epmpulse_exec posts Loading while the command runs, then OK or Warning, and returns the command's exit code. Signals
# are passed on; an interrupt (Ctrl-C) arrives at the command as SIGTERM. epmpulse_run does the same.
# epmpulse_status always returns 0, also under `set -eu`. None writes to standard output; an error is one line on
# standard error. A status takes at most EPMPULSE_DEADLINE seconds (30). A request that may have been lost is repeated
# with the same Idempotency-Key, so it counts once. If EPMPULSE_SPOOL names a folder, a status that cannot be sent is
# kept there and sent before the next one, with its own timestamp and Idempotency-Key; epmpulse_flush sends what is
# there. Needs curl and awk.

# epmpulse_status APP DOMAIN STATUS [JOB_ID] [MESSAGE] [URL] [EPM_JOB_ID]
epmpulse_status() {
  # A subshell keeps the caller's options, variables and traps. No -x: it would show the key.
  (
    { set +eux; } 2>/dev/null
    _epmpulse_post "${1-}" "${2-}" "${3-}" "${4-}" "${5-}" "${6-}" "${7-}"
  ) || :
}

epmpulse_flush() {
  (
    { set +eux; } 2>/dev/null
    _epmpulse_begin && { _epmpulse_send_spool || _epmpulse_failed "$reason"; }
  ) || :
}

# epmpulse_run APP DOMAIN JOB_ID -- COMMAND [ARGUMENT]...
# EPMPULSE_JOB_URL is the address of the job's log, EPMPULSE_EPM_JOB_ID the id of the EPM job.
epmpulse_run() {
  if [ "$#" -lt 5 ] || [ "$4" != -- ]; then
    echo 'usage: epmpulse_run APP DOMAIN JOB_ID -- COMMAND [ARGUMENT]...' >&2
    return 2
  fi
  (
    _epmpulse_no_options
    _epmpulse_app=$1 _epmpulse_domain=$2 _epmpulse_job=$3
    _epmpulse_epm_job=${EPMPULSE_EPM_JOB_ID-} _epmpulse_url=${EPMPULSE_JOB_URL-}
    shift 4
    _epmpulse_watch "$@"
  )
}

# epmpulse_exec --app APP [--domain DOMAIN] [--job-id ID] [--epm-job-id ID] [--url URL] [--message-from-stderr] --
#   COMMAND [ARGUMENT]...
# With --message-from-stderr the message of a Warning has the last line of standard error, which must hold no secret.
# If an option is wrong the command runs all the same, without a status.
epmpulse_exec() {
  (_epmpulse_exec "$@")
}

# Ends the shell.
_epmpulse_exec() {
  if [ "$*" = --flush ]; then
    epmpulse_flush
    exit 0
  fi
  _epmpulse_no_options
  while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
      --message-from-stderr) _epmpulse_errors=yes ;;
      --app=* | --domain=* | --job-id=* | --epm-job-id=* | --url=*) _epmpulse_option "${1%%=*}" "${1#*=}" ;;
      --app | --domain | --job-id | --epm-job-id | --url)
        _epmpulse_option "$1" "${2-}"
        [ "$#" -eq 1 ] || shift
        ;;
      *) _epmpulse_wrong="unknown option $1" ;;
    esac
    shift
  done
  if [ "$#" -lt 2 ]; then
    echo 'usage: epmpulse_exec --app APP [OPTION]... -- COMMAND [ARGUMENT]...' >&2
    exit 2
  fi
  shift
  [ -n "$_epmpulse_app" ] || _epmpulse_wrong=${_epmpulse_wrong:-'--app is missing'}
  if [ -n "$_epmpulse_wrong" ]; then
    echo "EPMPulse gets no status of this command: $_epmpulse_wrong" >&2
    "$@"
    exit
  fi
  _epmpulse_watch "$@"
}

# The command may be a function of the caller, so no variable of the caller may change before it runs.
_epmpulse_no_options() {
  _epmpulse_app='' _epmpulse_domain='' _epmpulse_job='' _epmpulse_epm_job='' _epmpulse_url=''
  _epmpulse_errors='' _epmpulse_wrong=''
}

_epmpulse_option() {
  case $1 in
    --app) _epmpulse_app=$2 ;;
    --domain) _epmpulse_domain=$2 ;;
    --job-id) _epmpulse_job=$2 ;;
    --epm-job-id) _epmpulse_epm_job=$2 ;;
    --url) _epmpulse_url=$2 ;;
  esac
}

# COMMAND [ARGUMENT]...: ends the subshell with the command's exit code.
_epmpulse_watch() {
  set +e
  _epmpulse_caught='' _epmpulse_child='' _epmpulse_pipes=''
  trap '_epmpulse_pass HUP HUP' HUP
  # Commands in the background ignore SIGINT.
  trap '_epmpulse_pass INT TERM' INT
  trap '_epmpulse_pass TERM TERM' TERM
  _epmpulse_started=$(date +%s)
  [ -z "$_epmpulse_errors" ] || _epmpulse_copy_errors
  # In the background, because a shell handles no signal while a command runs in the foreground. Its input would be
  # /dev/null there.
  if [ -n "$_epmpulse_pipes" ]; then
    { "$@" <&8 8<&- 2>"$_epmpulse_pipes/errors" & } 8<&0
  else
    { "$@" <&8 8<&- & } 8<&0
  fi
  _epmpulse_child=$!
  [ -z "$_epmpulse_caught" ] || kill -s TERM "$_epmpulse_child" 2>/dev/null
  _epmpulse_report Loading '' &
  _epmpulse_loading=$!
  wait "$_epmpulse_child" 2>/dev/null
  _epmpulse_code=$?
  # A signal ends the wait, but not always the command.
  _epmpulse_known=
  while [ "$_epmpulse_code" -gt 128 ] && [ "$_epmpulse_caught" != "$_epmpulse_known" ]; do
    _epmpulse_known=$_epmpulse_caught
    wait "$_epmpulse_child" 2>/dev/null
    _epmpulse_again=$?
    # 127: it had ended, and the first wait has returned its exit code.
    [ "$_epmpulse_again" -eq 127 ] || _epmpulse_code=$_epmpulse_again
  done
  # Nothing may keep the end from being posted.
  trap '' HUP INT TERM
  _epmpulse_ended=$(date +%s)
  _epmpulse_last=
  [ -z "$_epmpulse_pipes" ] || _epmpulse_read_errors
  wait "$_epmpulse_loading"
  EPMPULSE_DEADLINE=$(($(_epmpulse_deadline) - $(date +%s) + _epmpulse_ended))
  [ "$EPMPULSE_DEADLINE" -ge 1 ] || EPMPULSE_DEADLINE=1
  _epmpulse_after="after $(_epmpulse_duration "$((_epmpulse_ended - _epmpulse_started))")"
  # Only the command's name: its arguments may hold a password.
  if [ "$_epmpulse_code" -eq 0 ] && [ -z "$_epmpulse_caught" ]; then
    _epmpulse_report OK "${1##*/} ended $_epmpulse_after"
  else
    _epmpulse_signal=${_epmpulse_caught:+ (SIG${_epmpulse_caught##* })}
    _epmpulse_after=$_epmpulse_after${_epmpulse_last:+: $_epmpulse_last}
    _epmpulse_report Warning "${1##*/} ended with exit code $_epmpulse_code$_epmpulse_signal $_epmpulse_after"
  fi
  exit "$_epmpulse_code"
}

# STATUS MESSAGE
_epmpulse_report() {
  epmpulse_status "$_epmpulse_app" "$_epmpulse_domain" "$1" "$_epmpulse_job" "$2" "$_epmpulse_url" "$_epmpulse_epm_job"
}

# CAUGHT SENT: names of signals
_epmpulse_pass() {
  _epmpulse_caught="$_epmpulse_caught $1"
  [ -z "$_epmpulse_child" ] || kill -s "$2" "$_epmpulse_child" 2>/dev/null
}

# Creates a pipe that copies the command's standard error and keeps its end; without it, nothing is copied.
_epmpulse_copy_errors() {
  _epmpulse_pipes=$(mktemp -d 2>/dev/null) || { _epmpulse_pipes=; return; }
  if ! mkfifo "$_epmpulse_pipes/errors" "$_epmpulse_pipes/copy" 2>/dev/null; then
    rm -rf "$_epmpulse_pipes"
    _epmpulse_pipes=
    return
  fi
  (
    trap '' HUP INT TERM
    tail -c 4096 <"$_epmpulse_pipes/copy" >"$_epmpulse_pipes/end"
    : >"$_epmpulse_pipes/done"
  ) &
  (
    trap '' HUP INT TERM
    exec tee "$_epmpulse_pipes/copy" <"$_epmpulse_pipes/errors" >&2
  ) &
  _epmpulse_copier=$!
}

_epmpulse_read_errors() {
  # Not for ever: a process in the background may hold standard error open.
  _epmpulse_waits=0
  while [ ! -e "$_epmpulse_pipes/done" ] && [ "$_epmpulse_waits" -lt 20 ]; do
    sleep 0.1 2>/dev/null || sleep 1
    _epmpulse_waits=$((_epmpulse_waits + 1))
  done
  [ -e "$_epmpulse_pipes/done" ] || kill -s KILL "$_epmpulse_copier" 2>/dev/null
  _epmpulse_last=$(LC_ALL=C tr '\r' '\n' <"$_epmpulse_pipes/end" | LC_ALL=C sed -n '/[^[:space:]]/p' | tail -n 1)
  rm -rf "$_epmpulse_pipes"
}

# SECONDS: such as 1 h 12 min, 12 min 30 s or 4 s
_epmpulse_duration() {
  if [ "$1" -ge 3600 ]; then
    echo "$(($1 / 3600)) h $(($1 % 3600 / 60)) min"
  elif [ "$1" -ge 60 ]; then
    echo "$(($1 / 60)) min $(($1 % 60)) s"
  else
    echo "$1 s"
  fi
}

# The functions below run in the subshell of epmpulse_status.

# Sets what all requests of a call use.
_epmpulse_begin() {
  spool=${EPMPULSE_SPOOL-}
  began=$(date +%s)
  deadline=$(_epmpulse_deadline)
  if [ -z "${EPMPULSE_URL-}" ] || [ -z "${EPMPULSE_API_KEY-}" ]; then
    reason='EPMPULSE_URL and EPMPULSE_API_KEY must be set'
    return 1
  fi
}

_epmpulse_deadline() {
  seconds=${EPMPULSE_DEADLINE-}
  seconds=${seconds%%.*}
  case $seconds in
    '' | *[!0-9]*) seconds=30 ;;
  esac
  echo "$seconds"
}

_epmpulse_post() {
  # A wrong address must not lose the status.
  url=
  case $6 in
    https://*) [ "${#6}" -gt 500 ] || url=$6 ;;
  esac
  if [ -n "$6" ] && [ -z "$url" ]; then
    echo 'EPMPulse: the address of the log is left out: it must begin with https:// and have at most 500 characters' >&2
  fi
  now=$(_epmpulse_now)
  body=$(
    printf '{"timestamp":"%s"' "$now"
    _epmpulse_field app "$1" 200
    _epmpulse_field domain "$2" 200
    _epmpulse_field status "$3" 200
    _epmpulse_field job_id "$4" 100
    _epmpulse_field message "$5" 200
    _epmpulse_field url "$url" 500
    _epmpulse_field epm_job_id "$7" 100
    printf '}'
  )
  once=$(_epmpulse_key "$now")
  if ! { _epmpulse_begin && _epmpulse_send_spool; }; then
    _epmpulse_failed "$reason$(_epmpulse_keep "$body" "$once")"
    return
  fi
  _epmpulse_deliver "$body" "$once" /api/v1/status
  case $? in
    0) ;;
    2) _epmpulse_failed "$reason" ;;
    *) _epmpulse_failed "$reason$(_epmpulse_keep "$body" "$once")" ;;
  esac
}

# DATA IDEMPOTENCY_KEY PATH: 0 if it was accepted, 2 if EPMPulse does not accept it now or later, 1 otherwise
_epmpulse_deliver() {
  attempts=0
  spread=1
  while :; do
    attempts=$((attempts + 1))
    left=$((deadline - $(date +%s) + began))
    [ "$left" -ge 1 ] || left=1
    reply=$(_epmpulse_send "$1" "$2" "$((left < 10 ? left : 10))" "$3")
    code=$(printf '%s\n' "$reply" | sed -n 's/^epmpulse-http-code \([0-9]*\)$/\1/p' | tail -n 1)
    last=$(printf '%s\n' "$reply" | sed -e '/^epmpulse-http-code/d' -e '/^$/d' | tail -n 1 | cut -c 1-500)
    case "$code $last" in
      200*'"success":true'*) return 0 ;;
      *'"success":false'*)
        reason="$code $last"
        case $code in
          400 | 409 | 413 | 415 | 422) return 2 ;;
        esac
        ;;
      # Also after a 200, if the rest of the reply is missing.
      *'curl: ('*) reason=$last code=000 ;;
      *curl:*) reason=$last ;;
      *) reason="$code, not a reply of EPMPulse: check EPMPULSE_URL" ;;
    esac
    case $code in
      000 | 429 | 502 | 503 | 504) ;;
      *) return 1 ;;
    esac
    # A random pause, so that not all hosts retry at the same time.
    spread=$((spread < 8 ? spread * 2 : 8))
    number=$(_epmpulse_random 2 u2)
    pause=$((1 + ${number:-0} % spread))
    asked=$(printf '%s\n' "$reply" | sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,5\}\)$/\1/p' | tail -n 1)
    [ "${asked:-0}" -le "$pause" ] || pause=$asked
    if [ "$(($(date +%s) - began + pause))" -ge "$deadline" ]; then
      reason="$reason, $attempts attempts"
      return 1
    fi
    sleep "$pause"
  done
}

# A file in the spool is the body of a request, named by its Idempotency-Key, which sorts by time. Several processes may
# send them at the same time: each removes what was accepted, so no file is sent before an earlier one was accepted.
_epmpulse_send_spool() {
  [ -n "$spool" ] || return 0
  for file in "$spool"/*.json; do
    [ -f "$file" ] || continue
    once_of_file=${file##*/} path=/api/v1/status
    case $once_of_file in
      *.batch.json) path=/api/v1/status/batch ;;
    esac
    once_of_file=${once_of_file%.json}
    if [ "$(($(date +%s) - began))" -ge "$deadline" ]; then
      reason="the spool could not be sent within $deadline s"
      return 1
    fi
    if [ -s "$file" ]; then
      _epmpulse_deliver "@$file" "${once_of_file%.batch}" "$path"
    else
      reason='the file is empty'
      (exit 2)
    fi
    case $? in
      0) rm -f "$file" ;;
      2) _epmpulse_refuse ;;
      *)
        # Another process may have sent it meanwhile.
        [ ! -f "$file" ] || return 1
        ;;
    esac
  done
}

# Puts a file aside, so that it does not hold up those after it.
_epmpulse_refuse() {
  # Another process may have sent it meanwhile; curl then sends an empty body.
  [ -f "$file" ] || return 0
  (umask 077 && mkdir -p "$spool/refused" && mv -f "$file" "$spool/refused/") 2>/dev/null ||
    reason="$reason; it cannot be moved"
  printf 'EPMPulse did not accept a status of the spool: %s; see %s\n' "$reason" "$spool/refused/${file##*/}" >&2
}

# BODY IDEMPOTENCY_KEY: keeps a request and prints what the error says about that.
_epmpulse_keep() (
  [ -n "$spool" ] || exit 0
  umask 077
  temporary="$spool/.$2.$$"
  if mkdir -p "$spool" && printf '%s' "$1" >"$temporary" && mv -f "$temporary" "$spool/$2.json"; then
    echo '; it is kept in the spool and sent before the next one'
  else
    rm -f "$temporary"
    echo '; EPMPULSE_SPOOL cannot be written'
  fi
) 2>/dev/null

# DATA IDEMPOTENCY_KEY SECONDS PATH: prints headers and body of the reply, curl's errors, and the HTTP code in its own
# line. DATA that begins with @ is the name of a file.
_epmpulse_send() {
  # curl reads the key from its standard input, because ps shows arguments to all users.
  sed -e 's/[[:space:]]*$//' -e 's/["\\]/\\&/g' -e 's/.*/header = "X-API-Key: &"/' <<EOF |
$EPMPULSE_API_KEY
EOF
    curl --config - --silent --show-error --include --connect-timeout 3 --max-time "$3" \
      --header 'Content-Type: application/json' --header "Idempotency-Key: $2" --header 'Expect:' \
      --data-binary "$1" --write-out '\nepmpulse-http-code %{http_code}\n' "${EPMPULSE_URL%/}$4" 2>&1 |
    head -c 65536 | LC_ALL=C tr -d '\000-\010\013-\037\177'
}

# NAME TEXT MAX: prints a field of a JSON object, unless its text is empty.
_epmpulse_field() {
  [ -z "$2" ] || printf ',"%s":%s' "$1" "$(_epmpulse_json "$2" "$3")"
}

# TEXT MAX: prints a JSON string of at most MAX characters; invalid UTF-8 becomes ?, control characters become spaces.
_epmpulse_json() {
  printf '%s' "$1" | LC_ALL=C awk -v max="$2" '
    BEGIN { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i }
    { text = text (NR > 1 ? " " : "") $0 }
    END {
      for (i = 1; i <= length(text) && count <= max; i += width) {
        char = substr(text, i, 1)
        byte = code[char]
        width = 1
        if (byte < 32 || byte == 127) char = " "
        else if (char == "\"" || char == "\\") char = "\\" char
        else if (byte > 127) {
          width = byte >= 240 ? 4 : byte >= 224 ? 3 : 2
          second = code[substr(text, i + 1, 1)] + 0
          valid = byte >= 194 && byte <= 244 &&
            second >= (byte == 224 ? 160 : byte == 240 ? 144 : 128) &&
            second <= (byte == 237 ? 159 : byte == 244 ? 143 : 191)
          for (k = 2; k < width; k++) {
            later = code[substr(text, i + k, 1)] + 0
            valid = valid && later >= 128 && later <= 191
          }
          if (!valid) { char = "?"; width = 1 }
          else char = byte == 194 && second < 160 ? " " : substr(text, i, width)
        }
        chars[++count] = char
      }
      if (count > max) { count = max; chars[max] = "\342\200\246" }
      for (i = 1; i <= count; i++) json = json chars[i]
      printf "\"%s\"", json
    }'
}

_epmpulse_now() {
  case $(date -u +%N) in
    '' | *[!0-9]*) date -u +%Y-%m-%dT%H:%M:%SZ ;;
    *) date -u +%Y-%m-%dT%H:%M:%S.%NZ ;;
  esac
}

# TIMESTAMP: prints an Idempotency-Key that sorts by time. Where date has only seconds, the number of files of the same
# second takes the place of the microseconds.
_epmpulse_key() {
  whole=${1%%[.Z]*}
  fraction=${1#"$whole"}
  fraction=${fraction#.}
  fraction=${fraction%Z}
  whole=$(printf '%s' "$whole" | tr -d ':-')
  if [ -n "$fraction" ]; then
    fraction=$(printf '%.6s' "$fraction")
  else
    fraction=$(find "${EPMPULSE_SPOOL:-/dev/null}" -name "$whole.*" 2>/dev/null | wc -l)
    fraction=$(printf '%06d' "$fraction")
  fi
  printf '%s.%sZ-%s' "$whole" "$fraction" "$(_epmpulse_random 16 x1)"
}

# BYTES FORMAT, of od
_epmpulse_random() {
  od -An -N"$1" -t"$2" /dev/urandom | tr -d ' \n'
}

_epmpulse_failed() {
  printf 'EPMPulse did not accept the status: %s\n' "$1" >&2
}

# Run as a program, not sourced.
case ${0##*/} in
  epmpulse.sh)
    case ${1-} in
      exec) shift && _epmpulse_exec "$@" ;;
      status) shift && epmpulse_status "$@" ;;
      *)
        echo 'usage: epmpulse.sh exec --app APP [OPTION]... -- COMMAND [ARGUMENT]... | exec --flush | status ...' >&2
        exit 2
        ;;
    esac
    ;;
esac
