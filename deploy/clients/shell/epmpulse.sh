# shellcheck shell=sh
# Posts the status of a load to EPMPulse from a POSIX shell, without ever disturbing the script that uses it.
#
#   export EPMPULSE_URL=https://epmpulse.example.com EPMPULSE_API_KEY=...
#   . /opt/epmpulse/epmpulse.sh
#
#   epmpulse_run Planning Actual LOAD_001 -- epmautomate.sh runDataRule ...
#   epmpulse_status Planning Actual OK LOAD_001 'all files' https://logs.example.com/LOAD_001
#
# epmpulse_run posts Loading, runs the command, posts OK or Warning and returns the command's exit code. The address of
# the job's log, if it has one, is in EPMPULSE_JOB_URL.
# epmpulse_status always returns 0, also under `set -eu`. Neither writes to standard output; an error is one line on
# standard error. A status takes at most EPMPULSE_DEADLINE seconds (30). A request that may have been lost is repeated
# with the same Idempotency-Key, so it counts once. Needs curl and awk.

# epmpulse_status APP DOMAIN STATUS [JOB_ID] [MESSAGE] [URL]
epmpulse_status() {
  # A subshell keeps the caller's options, variables and traps. No -x: it would show the key.
  (
    { set +eux; } 2>/dev/null
    _epmpulse_post "${1-}" "${2-}" "${3-}" "${4-}" "${5-}" "${6-}"
  ) || :
}

# epmpulse_run APP DOMAIN JOB_ID -- COMMAND [ARGUMENT]...
epmpulse_run() (
  if [ "$#" -lt 5 ] || [ "$4" != -- ]; then
    echo 'usage: epmpulse_run APP DOMAIN JOB_ID -- COMMAND [ARGUMENT]...' >&2
    exit 2
  fi
  _epmpulse_app=$1 _epmpulse_domain=$2 _epmpulse_job=$3
  shift 4
  # A job that gets a signal still posts its end, then ends as it would without this function.
  _epmpulse_signal=
  for _epmpulse_name in HUP INT TERM; do
    # shellcheck disable=SC2064
    trap "_epmpulse_signal=$_epmpulse_name" "$_epmpulse_name"
  done
  epmpulse_status "$_epmpulse_app" "$_epmpulse_domain" Loading "$_epmpulse_job" '' "${EPMPULSE_JOB_URL-}"
  _epmpulse_code=0
  "$@" || _epmpulse_code=$?
  if [ "$_epmpulse_code" -eq 0 ]; then
    epmpulse_status "$_epmpulse_app" "$_epmpulse_domain" OK "$_epmpulse_job" '' "${EPMPULSE_JOB_URL-}"
  else
    # Only the command's name: its arguments may hold a password.
    epmpulse_status "$_epmpulse_app" "$_epmpulse_domain" Warning "$_epmpulse_job" \
      "${1##*/} ended with exit code $_epmpulse_code${_epmpulse_signal:+ after SIG$_epmpulse_signal}" \
      "${EPMPULSE_JOB_URL-}"
  fi
  if [ -n "$_epmpulse_signal" ]; then
    # shellcheck disable=SC2016
    exec sh -c 'kill -s "$0" $$' "$_epmpulse_signal"
  fi
  exit "$_epmpulse_code"
)

# The functions below run in the subshell of epmpulse_status.

_epmpulse_post() {
  if [ -z "${EPMPULSE_URL-}" ] || [ -z "${EPMPULSE_API_KEY-}" ]; then
    _epmpulse_failed 'EPMPULSE_URL and EPMPULSE_API_KEY must be set'
    return
  fi
  # A wrong address must not lose the status.
  url=
  case $6 in
    https://*) [ "${#6}" -gt 500 ] || url=$6 ;;
  esac
  if [ -n "$6" ] && [ -z "$url" ]; then
    echo 'EPMPulse: the address of the log is left out: it must begin with https:// and have at most 500 characters' >&2
  fi
  body=$(
    printf '{"app":%s,"domain":%s,"status":%s,"job_id":%s,"message":%s,"timestamp":"%s"' \
      "$(_epmpulse_json "$1" 200)" "$(_epmpulse_json "$2" 200)" "$(_epmpulse_json "$3" 200)" \
      "$(_epmpulse_json "$4" 100)" "$(_epmpulse_json "$5" 200)" "$(_epmpulse_now)"
    [ -z "$url" ] || printf ',"url":%s' "$(_epmpulse_json "$url" 500)"
    printf '}'
  )
  began=$(date +%s)
  once="$began-$$-$(_epmpulse_random 16 x1)"
  deadline=${EPMPULSE_DEADLINE-}
  deadline=${deadline%%.*}
  case $deadline in
    '' | *[!0-9]*) deadline=30 ;;
  esac
  attempts=0
  spread=1
  while :; do
    attempts=$((attempts + 1))
    left=$((deadline - $(date +%s) + began))
    [ "$left" -ge 1 ] || left=1
    reply=$(_epmpulse_send "$body" "$once" "$((left < 10 ? left : 10))")
    code=$(printf '%s\n' "$reply" | sed -n 's/^epmpulse-http-code \([0-9]*\)$/\1/p' | tail -n 1)
    last=$(printf '%s\n' "$reply" | sed -e '/^epmpulse-http-code/d' -e '/^$/d' | tail -n 1 | cut -c 1-500)
    case "$code $last" in
      200*'"success":true'*) return ;;
      *'"success":false'*) reason="$code $last" ;;
      # Also after a 200, if the rest of the reply is missing.
      *'curl: ('*) reason=$last code=000 ;;
      *curl:*) reason=$last ;;
      *) reason="$code, not a reply of EPMPulse: check EPMPULSE_URL" ;;
    esac
    case $code in
      000 | 429 | 502 | 503 | 504) ;;
      *)
        _epmpulse_failed "$reason"
        return
        ;;
    esac
    # A random pause, so that not all hosts retry at the same time.
    spread=$((spread < 8 ? spread * 2 : 8))
    number=$(_epmpulse_random 2 u2)
    pause=$((1 + ${number:-0} % spread))
    asked=$(printf '%s\n' "$reply" | sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,5\}\)$/\1/p' | tail -n 1)
    [ "${asked:-0}" -le "$pause" ] || pause=$asked
    if [ "$(($(date +%s) - began + pause))" -ge "$deadline" ]; then
      _epmpulse_failed "$reason, $attempts attempts"
      return
    fi
    sleep "$pause"
  done
}

# BODY IDEMPOTENCY_KEY SECONDS: prints headers and body of the reply, curl's errors, and the HTTP code in its own line.
_epmpulse_send() {
  # curl reads the key from its standard input, because ps shows arguments to all users.
  sed -e 's/[[:space:]]*$//' -e 's/["\\]/\\&/g' -e 's/.*/header = "X-API-Key: &"/' <<EOF |
$EPMPULSE_API_KEY
EOF
    curl --config - --silent --show-error --include --connect-timeout 3 --max-time "$3" \
      --header 'Content-Type: application/json' --header "Idempotency-Key: $2" --header 'Expect:' \
      --data-binary "$1" --write-out '\nepmpulse-http-code %{http_code}\n' "${EPMPULSE_URL%/}/api/v1/status" 2>&1 |
    head -c 65536 | LC_ALL=C tr -d '\000-\010\013-\037\177'
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

# BYTES FORMAT, of od
_epmpulse_random() {
  od -An -N"$1" -t"$2" /dev/urandom | tr -d ' \n'
}

_epmpulse_failed() {
  printf 'EPMPulse did not accept the status: %s\n' "$1" >&2
}
