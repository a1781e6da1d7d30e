<#
.SYNOPSIS
Runs a command and posts its status to EPMPulse, or posts one status, without ever disturbing the job.

.DESCRIPTION
For Windows hosts with EPM Automate: Windows PowerShell 5.1, or PowerShell 7 on any system. Needs no module.

  $env:EPMPULSE_URL = 'https://epmpulse.example.com'; $env:EPMPULSE_API_KEY = '...'
  powershell -NoProfile -File epmpulse.ps1 exec --app Planning --domain Actual --job-id LOAD_001 -- epmautomate.bat runDataRule ...
  powershell -NoProfile -File epmpulse.ps1 status --app Planning --domain Actual --status OK --job-id LOAD_001

exec posts Loading while the command runs, then OK, or Warning if it does not exit with 0, and exits with its exit code. The
command has the console and the output of this process, but not redirected input, which PowerShell reads. Options: --app,
--domain, --job-id, --epm-job-id, --url (https address of the job's log), --message-from-stderr (the message of a Warning has
the last line of standard error, which must hold no secret). If an option is wrong the command runs all the same, without a
status. exec --flush only sends what the spool holds.

status exits with 0, also if the status was not accepted; with --strict it exits with 1 then. Further option: --message.

An error is one line on standard error. A status takes at most EPMPULSE_DEADLINE seconds (30). A request that may have been
lost is repeated with the same Idempotency-Key, so it counts once. If EPMPULSE_SPOOL names a folder, a status that cannot be
sent is kept there and sent before the next one, with its own timestamp and Idempotency-Key.
#>

# No param block: PowerShell would take options of the command for its own.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$StatusPath = '/api/v1/status'
$BatchPath = '/api/v1/status/batch'
$Transient = @(429, 502, 503, 504)
# The update is wrong, not the address or the key.
$Refused = @(400, 409, 413, 415, 422)
$Utf8 = New-Object System.Text.UTF8Encoding($false)
$Invariant = [Globalization.CultureInfo]::InvariantCulture

# What a background runspace needs, as text: Loading is posted by one while the command runs.
$Functions = {
  function Write-Problem([string] $Text) {
    [Console]::Error.WriteLine($Text)
  }

  function Get-Setting([string] $Name) {
    $value = [Environment]::GetEnvironmentVariable($Name)
    if ($null -eq $value) { return '' }
    return $value.Trim()
  }

  function Get-Deadline {
    $seconds = 0.0
    $text = Get-Setting 'EPMPULSE_DEADLINE'
    $style = [Globalization.NumberStyles]::AllowDecimalPoint
    if ([double]::TryParse($text, $style, $Invariant, [ref] $seconds) -and $seconds -gt 0 -and $seconds -lt 86400) {
      return $seconds
    }
    return 30.0
  }

  # Why nothing can be sent; empty if it can.
  function Get-SetupProblem {
    if ((Get-Setting 'EPMPULSE_URL') -notmatch '^https?://[^/]') {
      return 'EPMPULSE_URL must be set to the address of EPMPulse, http:// or https://'
    }
    $key = Get-Setting 'EPMPULSE_API_KEY'
    if ($key -eq '') { return 'EPMPULSE_API_KEY is not set' }
    if ($key -notmatch '^[!-~]+$') { return 'EPMPULSE_API_KEY must be visible ASCII characters' }
    return ''
  }

  # Control characters become spaces; a longer text is cut.
  function Get-ShortText([string] $Text, [int] $Max) {
    $clean = [regex]::Replace($Text, '[\x00-\x1f\x7f-\x9f]', ' ')
    $elements = New-Object System.Collections.Generic.List[string]
    for ($i = 0; $i -lt $clean.Length; $i++) {
      if ([char]::IsHighSurrogate($clean[$i]) -and $i + 1 -lt $clean.Length -and [char]::IsLowSurrogate($clean[$i + 1])) {
        $elements.Add($clean.Substring($i, 2))
        $i++
      } elseif ([char]::IsSurrogate($clean[$i])) {
        $elements.Add('?')
      } else {
        $elements.Add([string] $clean[$i])
      }
    }
    if ($elements.Count -le $Max) { return [string]::Join('', $elements) }
    return [string]::Join('', $elements.GetRange(0, $Max - 1)) + [char] 0x2026
  }

  function ConvertTo-JsonText([string] $Text) {
    $json = New-Object System.Text.StringBuilder
    [void] $json.Append('"')
    foreach ($char in $Text.ToCharArray()) {
      if ($char -eq '"' -or $char -eq '\') { [void] $json.Append('\').Append($char) }
      elseif ([int] $char -lt 32) { [void] $json.AppendFormat('\u{0:x4}', [int] $char) }
      else { [void] $json.Append($char) }
    }
    return $json.Append('"').ToString()
  }

  # A request that may be sent several times. Its key sorts by time.
  function New-Request([Collections.IDictionary] $Update) {
    $now = [DateTime]::UtcNow
    $fields = New-Object System.Collections.Generic.List[string]
    foreach ($name in $Update.Keys) {
      $text = [string] $Update[$name]
      if ($text -eq '') { continue }
      if ($name -eq 'job_id') { $text = Get-ShortText $text 100 }
      if ($name -eq 'message') { $text = Get-ShortText $text 200 }
      if ($name -eq 'url' -and -not ($text.StartsWith('https://') -and $text.Length -le 500)) {
        Write-Problem ('EPMPulse: the address of the log is left out: it must begin with https:// and have at most 500' +
          ' characters')
        continue
      }
      $fields.Add((ConvertTo-JsonText $name) + ':' + (ConvertTo-JsonText $text))
    }
    $fields.Add('"timestamp":"' + $now.ToString('yyyy-MM-ddTHH:mm:ss.ffffffZ', $Invariant) + '"')
    return @{
      Key = $now.ToString('yyyyMMddTHHmmss.ffffffZ', $Invariant) + '-' + [Guid]::NewGuid().ToString('N')
      Path = $StatusPath
      Body = $Utf8.GetBytes('{' + [string]::Join(',', $fields) + '}')
    }
  }

  # One request: Code 0 if there was no reply.
  function Invoke-Request([hashtable] $Request, [DateTime] $End) {
    $result = @{ Code = 0; Reason = ''; Accepted = $false; Known = $false; Wait = 0.0 }
    $response = $null
    try {
      $call = [Net.HttpWebRequest]::Create((Get-Setting 'EPMPULSE_URL').TrimEnd('/') + $Request.Path)
      $left = [Math]::Max(100, [Math]::Min(10000, ($End - [DateTime]::UtcNow).TotalMilliseconds))
      $call.Method = 'POST'
      $call.ContentType = 'application/json'
      $call.Timeout = [int] $left
      $call.ReadWriteTimeout = [int] $left
      $call.AllowAutoRedirect = $false
      $call.ServicePoint.Expect100Continue = $false
      $call.Headers.Add('X-API-Key', (Get-Setting 'EPMPULSE_API_KEY'))
      $call.Headers.Add('Idempotency-Key', $Request.Key)
      $call.ContentLength = $Request.Body.Length
      $stream = $call.GetRequestStream()
      $stream.Write($Request.Body, 0, $Request.Body.Length)
      $stream.Close()
      $response = $call.GetResponse()
    } catch {
      $failure = $_.Exception
      while ($null -ne $failure.InnerException -and $failure -isnot [Net.WebException]) {
        $failure = $failure.InnerException
      }
      $result.Reason = [regex]::Replace($failure.Message, '\s+', ' ')
      if ($failure -is [Net.WebException]) { $response = $failure.Response }
    }
    if ($null -eq $response) { return $result }
    try {
      $result.Code = [int] $response.StatusCode
      $stream = $response.GetResponseStream()
      $reader = New-Object System.IO.StreamReader($stream, $Utf8)
      $buffer = New-Object char[] 65536
      $text = New-Object System.Text.StringBuilder
      do {
        $count = $reader.Read($buffer, 0, $buffer.Length)
        [void] $text.Append($buffer, 0, $count)
      } while ($count -gt 0 -and $text.Length -lt 65536 -and [DateTime]::UtcNow -lt $End)
      $reply = $text.ToString()
      $result.Known = $reply -match '"success"\s*:\s*false'
      $result.Accepted = $result.Code -eq 200 -and $reply -match '"success"\s*:\s*true'
      if ($result.Known) {
        $result.Reason = '{0} {1}' -f $result.Code, [regex]::Replace($reply.Substring(0, [Math]::Min(500, $reply.Length)), '\s+', ' ')
      } else {
        $result.Reason = "$($result.Code), not a reply of EPMPulse: check EPMPULSE_URL"
      }
      $seconds = 0
      if ([int]::TryParse([string] $response.Headers['Retry-After'], [ref] $seconds)) { $result.Wait = [double] $seconds }
    } catch {
      $result.Code = 0
      $result.Accepted = $false
      $result.Reason = 'the reply could not be read'
    } finally {
      $response.Close()
    }
    return $result
  }

  # Outcome: accepted; refused: not now or later; open: perhaps later
  function Send-Request([hashtable] $Request, [DateTime] $End) {
    $attempt = 0
    while ($true) {
      $attempt++
      $result = Invoke-Request $Request $End
      if ($result.Accepted) { return @{ Outcome = 'accepted'; Reason = '' } }
      if ($result.Known -and $Refused -contains $result.Code) { return @{ Outcome = 'refused'; Reason = $result.Reason } }
      if ($result.Code -ne 0 -and $Transient -notcontains $result.Code) {
        return @{ Outcome = 'open'; Reason = $result.Reason }
      }
      # A random pause, so that not all hosts retry at the same time.
      $longest = [Math]::Min([Math]::Pow(2, $attempt - 1), 8)
      $pause = [Math]::Max($result.Wait, $longest * (Get-Random -Minimum 0.5 -Maximum 1.0))
      if ([DateTime]::UtcNow.AddSeconds($pause) -ge $End) {
        return @{ Outcome = 'open'; Reason = "$($result.Reason), $attempt attempts" }
      }
      Start-Sleep -Milliseconds ([int] ($pause * 1000))
    }
  }

  # A file in the spool is the body of a request, named by its Idempotency-Key. Several processes may send them at the same
  # time: each removes what was accepted, so no file is sent before an earlier one was accepted.
  function Send-Spool([DateTime] $End) {
    $spool = Get-Setting 'EPMPULSE_SPOOL'
    if ($spool -eq '' -or -not [IO.Directory]::Exists($spool)) { return @{ Outcome = 'accepted'; Reason = '' } }
    $names = [string[]] @([IO.Directory]::GetFiles($spool, '*.json') | ForEach-Object { [IO.Path]::GetFileName($_) } |
      Where-Object { -not $_.StartsWith('.') })
    [Array]::Sort($names, [StringComparer]::Ordinal)
    foreach ($name in $names) {
      if ([DateTime]::UtcNow -ge $End) {
        return @{ Outcome = 'open'; Reason = "the spool could not be sent within $(Get-Deadline) s" }
      }
      $file = [IO.Path]::Combine($spool, $name)
      $request = @{ Key = $name -replace '(\.batch)?\.json$', ''; Path = $StatusPath; Body = $null }
      if ($name.EndsWith('.batch.json')) { $request.Path = $BatchPath }
      try {
        $request.Body = [IO.File]::ReadAllBytes($file)
        $sent = Send-Request $request $End
      } catch {
        if (-not [IO.File]::Exists($file)) { continue }
        $sent = @{ Outcome = 'refused'; Reason = 'the file cannot be read' }
      }
      if ($sent.Outcome -eq 'open') { return $sent }
      if ($sent.Outcome -eq 'accepted') {
        try { [IO.File]::Delete($file) } catch { Write-Problem "EPMPulse: $file cannot be removed" }
      } else {
        Move-Refused $spool $name $sent.Reason
      }
    }
    return @{ Outcome = 'accepted'; Reason = '' }
  }

  # Puts a file aside, so that it does not hold up those after it.
  function Move-Refused([string] $Spool, [string] $Name, [string] $Reason) {
    $aside = [IO.Path]::Combine($Spool, 'refused')
    try {
      [void] [IO.Directory]::CreateDirectory($aside)
      [IO.File]::Move([IO.Path]::Combine($Spool, $Name), [IO.Path]::Combine($aside, $Name))
    } catch {
      if (-not [IO.File]::Exists([IO.Path]::Combine($Spool, $Name))) { return }
      $Reason = "$Reason; it cannot be moved"
    }
    Write-Problem "EPMPulse did not accept a status of the spool: $Reason; see $([IO.Path]::Combine($aside, $Name))"
  }

  function Save-Request([hashtable] $Request) {
    $spool = Get-Setting 'EPMPULSE_SPOOL'
    if ($spool -eq '') { return '' }
    $temporary = [IO.Path]::Combine($spool, '.' + $Request.Key)
    try {
      [void] [IO.Directory]::CreateDirectory($spool)
      [IO.File]::WriteAllBytes($temporary, $Request.Body)
      [IO.File]::Move($temporary, [IO.Path]::Combine($spool, $Request.Key + '.json'))
      return '; it is kept in the spool and sent before the next one'
    } catch {
      try { [IO.File]::Delete($temporary) } catch { return '; EPMPULSE_SPOOL cannot be written' }
      return '; EPMPULSE_SPOOL cannot be written'
    }
  }

  # Sends the spool and, if it is not null, the request. True if all was accepted.
  function Send-Status($Request, [DateTime] $End) {
    try {
      $problem = Get-SetupProblem
      if ($problem -ne '') { $sent = @{ Outcome = 'open'; Reason = $problem } } else { $sent = Send-Spool $End }
      if ($sent.Outcome -eq 'accepted' -and $null -ne $Request) { $sent = Send-Request $Request $End }
      if ($sent.Outcome -eq 'accepted') { return $true }
      $kept = ''
      if ($sent.Outcome -eq 'open' -and $null -ne $Request) { $kept = Save-Request $Request }
      Write-Problem "EPMPulse did not accept the status: $($sent.Reason)$kept"
    } catch {
      Write-Problem "EPMPulse did not accept the status: $($_.Exception.GetType().Name)"
    }
    return $false
  }
}
. $Functions

# The options as a table. Problem says what is wrong with them, Command has the words after them.
function Read-Options([string[]] $Words, [string[]] $Flags, [string[]] $Names) {
  $options = @{ Problem = ''; Command = [string[]] @() }
  for ($i = 0; $i -lt $Words.Count; $i++) {
    $name, $value = $Words[$i] -split '=', 2
    if ($Words[$i] -eq '--') {
      $options.Command = [string[]] @($Words | Select-Object -Skip ($i + 1))
      break
    }
    if (-not $name.StartsWith('--')) {
      # PowerShell removes -- from the words of a script that is called by another one.
      $options.Command = [string[]] @($Words | Select-Object -Skip $i)
      break
    }
    if ($Flags -contains $name) {
      $options[$name] = 'yes'
    } elseif ($Names -contains $name) {
      if ($null -eq $value) {
        $i++
        $value = if ($i -lt $Words.Count) { $Words[$i] } else { '' }
      }
      $options[$name] = $value
    } else {
      $options.Problem = "unknown option $name"
    }
  }
  if ($options.Problem -eq '' -and [string] $options['--app'] -eq '') { $options.Problem = '--app is missing' }
  return $options
}

function Get-Update([hashtable] $Options, [string] $Status, [string] $Message) {
  return [ordered] @{
    app = $Options['--app']; domain = $Options['--domain']; status = $Status; job_id = $Options['--job-id']
    message = $Message; epm_job_id = $Options['--epm-job-id']; url = $Options['--url']
  }
}

# One argument of a command line, by the rules of CommandLineToArgvW. A batch file is run by cmd.exe, which splits at more
# characters and acts on some, such as &, unless they are between quotation marks; for it \" ends the quotation.
function Get-QuotedArgument([string] $Argument, [bool] $Batch) {
  $special = if ($Batch) { '[^\w#$*+./:?@\\-]' } else { '[\s"]' }
  $mark = if ($Batch) { '$1$1""' } else { '$1$1\"' }
  if ($Argument -ne '' -and $Argument -notmatch $special) { return $Argument }
  return '"' + [regex]::Replace([regex]::Replace($Argument, '(\\*)"', $mark), '(\\+)$', '$1$1') + '"'
}

# Such as 1 h 12 min, 12 min 30 s or 4 s.
function Get-DurationText([TimeSpan] $Duration) {
  $hours = [int] [Math]::Floor($Duration.TotalHours)
  if ($hours -gt 0) { return "$hours h $($Duration.Minutes) min" }
  if ($Duration.Minutes -gt 0) { return "$($Duration.Minutes) min $($Duration.Seconds) s" }
  return "$($Duration.Seconds) s"
}

# Starts a command with the input and output of this process; null if it cannot be started.
function Start-Command([string[]] $Command, [bool] $CopyErrors) {
  $info = New-Object System.Diagnostics.ProcessStartInfo
  # Finds .bat and .cmd, too, by the path and the current folder's rules of this system.
  $found = Get-Command -Name $Command[0] -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
  if ($null -eq $found) {
    Write-Problem "$($Command[0]): not found"
    return $null
  }
  $info.FileName = $found.Path
  $batch = $found.Path -match '\.(bat|cmd)$'
  $rest = @($Command | Select-Object -Skip 1)
  $info.Arguments = [string]::Join(' ', [string[]] @($rest | ForEach-Object { Get-QuotedArgument $_ $batch }))
  $info.WorkingDirectory = (Get-Location -PSProvider FileSystem).ProviderPath
  $info.UseShellExecute = $false
  $info.RedirectStandardError = $CopyErrors
  try {
    return [Diagnostics.Process]::Start($info)
  } catch {
    Write-Problem "$($Command[0]): $($_.Exception.InnerException.Message)"
    return $null
  }
}

# Copies standard error to ours until it ends, or the command has ended since 2 s; returns its last line.
function Copy-Errors([Diagnostics.Process] $Process) {
  $errors = [Console]::OpenStandardError()
  $buffer = New-Object byte[] 65536
  $end = New-Object System.Collections.Generic.List[byte]
  $open = $true
  $from = $Process.StandardError.BaseStream
  $until = [DateTime]::MaxValue
  $read = $from.ReadAsync($buffer, 0, $buffer.Length)
  while ([DateTime]::UtcNow -lt $until) {
    # A process in the background may hold standard error open.
    if ($until -eq [DateTime]::MaxValue -and $Process.HasExited) { $until = [DateTime]::UtcNow.AddSeconds(2) }
    if (-not $read.Wait(100)) { continue }
    $count = $read.Result
    if ($count -eq 0) { break }
    if ($open) {
      # The command must not block because nobody reads.
      try { $errors.Write($buffer, 0, $count); $errors.Flush() } catch { $open = $false }
    }
    $kept = [Math]::Min($count, 4096)
    $end.AddRange([byte[]] $buffer[($count - $kept)..($count - 1)])
    if ($end.Count -gt 4096) { $end.RemoveRange(0, $end.Count - 4096) }
    $read = $from.ReadAsync($buffer, 0, $buffer.Length)
  }
  # On Windows programs write in the code page of the console.
  $text = $Process.StandardError.CurrentEncoding.GetString($end.ToArray())
  $lines = @($text -split "[\r\n]+" | ForEach-Object { $_.Trim() } | Where-Object { $_ -ne '' })
  if ($lines.Count -eq 0) { return '' }
  return $lines[-1]
}

# Posts in the background, so that the command need not wait; null if that is not possible.
function Start-Post($Update, [DateTime] $End) {
  try {
    return Start-Request (New-Request $Update) $End
  } catch {
    Write-Problem "EPMPulse did not accept the status: $($_.Exception.GetType().Name)"
    return $null
  }
}

function Start-Request([hashtable] $Request, [DateTime] $End) {
  $runspace = [RunspaceFactory]::CreateRunspace()
  $runspace.Open()
  foreach ($name in 'StatusPath', 'BatchPath', 'Transient', 'Refused', 'Utf8', 'Invariant') {
    $runspace.SessionStateProxy.SetVariable($name, (Get-Variable -Name $name -ValueOnly))
  }
  $shell = [PowerShell]::Create()
  $shell.Runspace = $runspace
  [void] $shell.AddScript($Functions.ToString() + "`n" + '[void] (Send-Status $args[0] $args[1])')
  [void] $shell.AddArgument($Request).AddArgument($End)
  return @{ Request = $Request; End = $End; Running = $shell.BeginInvoke() }
}

# Waits for a post until its end; looking up a host may take longer, and then the request is kept.
function Wait-Post($Post) {
  if ($null -eq $Post) { return }
  $left = [Math]::Max(0, ($Post.End - [DateTime]::UtcNow).TotalMilliseconds) + 500
  if (-not $Post.Running.AsyncWaitHandle.WaitOne([int] $left)) {
    Write-Problem "EPMPulse did not accept the status: no reply in time$(Save-Request $Post.Request)"
  }
}

function Invoke-Exec([string[]] $Words) {
  $names = '--app', '--domain', '--job-id', '--epm-job-id', '--url'
  if ($Words.Count -eq 1 -and $Words[0] -eq '--flush') {
    [void] (Send-Status $null ([DateTime]::UtcNow.AddSeconds((Get-Deadline))))
    return 0
  }
  $options = Read-Options $Words @('--message-from-stderr') $names
  $command = $options.Command
  if ($command.Count -eq 0) {
    Write-Problem 'usage: epmpulse.ps1 exec --app APP [OPTION]... -- COMMAND [ARGUMENT]... | exec --flush'
    return 2
  }
  if ($options.Problem -ne '') { Write-Problem "EPMPulse gets no status of this command: $($options.Problem)" }
  $copyErrors = $options.ContainsKey('--message-from-stderr') -and $options.Problem -eq ''
  $began = [DateTime]::UtcNow
  $process = Start-Command $command $copyErrors
  $loading = $null
  if ($options.Problem -eq '') {
    $loading = Start-Post (Get-Update $options 'Loading' '') $began.AddSeconds((Get-Deadline))
  }
  $last = ''
  $code = 127
  if ($null -ne $process) {
    try {
      if ($copyErrors) { $last = Copy-Errors $process }
    } catch {
      Write-Problem "EPMPulse cannot read standard error of the command: $($_.Exception.GetType().Name)"
    }
    $process.WaitForExit()
    $code = $process.ExitCode
  }
  if ($options.Problem -ne '') { return $code }
  $ended = [DateTime]::UtcNow
  Wait-Post $loading
  # Only the command's name: its arguments may hold a password.
  $name = [IO.Path]::GetFileName($command[0])
  $after = 'after ' + (Get-DurationText ($ended - $began))
  if ($code -eq 0) {
    $update = Get-Update $options 'OK' "$name ended $after"
  } else {
    if ($last -ne '') { $after = "${after}: $last" }
    $update = Get-Update $options 'Warning' "$name ended with exit code $code $after"
  }
  Wait-Post (Start-Post $update $ended.AddSeconds((Get-Deadline)))
  return $code
}

function Invoke-Status([string[]] $Words) {
  $names = '--app', '--domain', '--status', '--job-id', '--epm-job-id', '--url', '--message'
  $options = Read-Options $Words @('--strict') $names
  $accepted = $false
  if ($options.Problem -eq '') {
    $update = Get-Update $options ([string] $options['--status']) ([string] $options['--message'])
    $accepted = Send-Status (New-Request $update) ([DateTime]::UtcNow.AddSeconds((Get-Deadline)))
  } else {
    Write-Problem "EPMPulse did not accept the status: $($options.Problem)"
  }
  if ($options.ContainsKey('--strict') -and -not $accepted) { return 1 }
  return 0
}

$protocols = [Net.ServicePointManager]::SecurityProtocol
if ([int] $protocols -ne 0) {
  # Not 0, the default of the system: an older .NET Framework, which offers only older versions of TLS by itself.
  [Net.ServicePointManager]::SecurityProtocol = $protocols -bor [Net.SecurityProtocolType]::Tls12
}
# With -File, the words of the process: in $args PowerShell changes words such as -a:b.
$all = [string[]] @($args)
$ofProcess = [Environment]::GetCommandLineArgs()
for ($i = 1; $i -lt $ofProcess.Count; $i++) {
  $isThis = [IO.Path]::GetFileName($ofProcess[$i]) -eq [IO.Path]::GetFileName($PSCommandPath)
  if ($isThis -and $ofProcess[$i - 1] -match '^[-/]f') {
    $all = [string[]] @($ofProcess | Select-Object -Skip ($i + 1))
    break
  }
}
$verb = if ($all.Count -gt 0) { $all[0] } else { '' }
$words = [string[]] @($all | Select-Object -Skip 1)
switch ($verb) {
  # Not exit: that would wait for what is still in the background.
  'exec' { [Environment]::Exit((Invoke-Exec $words)) }
  'status' { [Environment]::Exit((Invoke-Status $words)) }
  default {
    Write-Problem 'usage: epmpulse.ps1 exec --app APP [OPTION]... -- COMMAND [ARGUMENT]... | status --app APP --status STATUS ...'
    exit 2
  }
}
