# Completion of usher for bash 4.4 or later. Generated from the command definitions.

_usher_at() {
  at_commands=() at_operands=()
  case $1 in
    '')
      at_commands+=(
        'queue|Look at the waiting room, let people in, and repair it'
        'cache|Look at the caches, empty them and fill them'
        'query|Find slow statements and see why they are slow'
        'index|List, build and drop indexes while tables are in use'
        'outbox|See and replay events that were not sent'
        'status|Show the health of all stores on one screen'
        'doctor|Check settings, stores, versions and privileges'
        'history|List what was changed, by whom and why'
        'undo|Take an operation back'
        'sandbox|Run private servers with a ticket sale in them'
        'schema|Create the tables of the reference ticket sale'
        'seed|Fill empty stores with a ticket sale'
        'config|Show and check the settings and their origins'
        'completion|Print the script that completes usher'\''s commands'
        'version|Print the version of usher and of its libraries'
        'manifest|List every command, or describe all as JSON'
        'help|Show the help of a command'
      )
      at_options+=(
        '--context|=||<contexts>||Use this context of the config file'
        '--config|=||<files>||Read this config file and no other'
        '--postgres|=||||Connect to this PostgreSQL; a password goes into .pgpass'
        '--redis|=||||Connect to this Redis; a password goes into USHER_REDIS or the file'
        '--kafka|=||||Connect to these Kafka brokers, host:port with commas'
        '--output -o|=||table json jsonl csv||Print results in this format'
        '--color|=||auto always never||Colour the output'
        '--quiet -q|||||Print nothing on success but the data asked for'
        '--verbose -v|*||||Say on standard error what is done'
        '--help -h|||||Show help: -h a line an option, --help in full'
        '--version|||||Show the version'
      )
      ;;
    'queue')
      at_commands+=(
        'status|Show how many people wait and are active'
        'list|List the people who wait, or those who are active'
        'show|Show where one person is, and for how long'
        'admit|Admit the people who wait longest'
        'pause|Let nobody in for a while'
        'resume|End a pause before its time'
        'plan|Work out how many to admit, and when the room is empty'
        'move|Give waiting people another place in line'
        'remove|Take people out of the queue'
        'drain|Set everybody who waits aside'
        'restore|Give people back who were set aside'
        'issue|Add new tokens at the back of the line'
        'expire|Take the active out whose time is over'
      )
      ;;
    'queue status')
      at_options+=(
        '--queue|=|--all|<queues>||Work on this queue of the config file'
        '--all||--queue|||Show all queues, of a family every concert'\''s'
        '--watch|=||||Look again each time after so long'
      )
      ;;
    'queue list')
      at_options+=(
        '--queue|=|--all|<queues>||Work on this queue of the config file'
        '--all||--queue --from|||Show all queues, of a family every concert'\''s'
        '--active|||||List those who were admitted, not those who wait'
        '--from|=|--all|||Begin at this position; 1 is the front'
        '--limit|=||||Show so many at most; on a terminal 50, else all, when absent'
      )
      ;;
    'queue show')
      at_options+=(
        '--queue|=||<queues>||Work on this queue of the config file'
        '--user|=|TOKEN|||Look for this user, where members say whose they are'
        '--measure|=||||Look twice, so long apart, and estimate from who left the line'
      )
      at_operands+=(
        'TOKEN||'
      )
      ;;
    'queue admit')
      at_options+=(
        '--queue|=||<queues>||Work on this queue of the config file'
        '--fill-to|=|COUNT|||Admit until this many are active'
        '--rate|=||||Admit at most so many a time, by the clock of Redis: 420/min'
        '--for|=||||Go on this long with --rate, also while nobody waits'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      at_operands+=(
        'COUNT||'
      )
      ;;
    'queue pause')
      at_options+=(
        '--queue|=||<queues>||Work on this queue of the config file'
        '--for|=||||How long the pause lasts; it ends by itself'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      ;;
    'queue resume')
      at_options+=(
        '--queue|=||<queues>||Work on this queue of the config file'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      ;;
    'queue plan')
      at_options+=(
        '--queue|=||<queues>||Work on this queue of the config file'
        '--throughput|=||||What the service sees through at most'
        '--flow-time|=||||How long somebody takes from admission to end'
        '--headroom|=||||Leave this share of the throughput free'
        '--rate|=||||Say when the room is empty at this many admissions a time'
        '--measure|=||||Look at the queue for this long first'
        '--history|=||||Count what usher has admitted in this time'
      )
      ;;
    'queue move')
      at_options+=(
        '--to|=||||Where to: front, back, or the token that they stand before'
        '--file|=|TOKEN|<files>||Read the tokens from a file, one a line; `-` is standard input'
        '--queue|=||<queues>||Work on this queue of the config file'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      at_operands+=(
        'TOKEN|*|'
      )
      ;;
    'queue remove')
      at_options+=(
        '--file|=|TOKEN|<files>||Read the tokens from a file, one a line; `-` is standard input'
        '--active|||||Take them out of the active as well'
        '--queue|=||<queues>||Work on this queue of the config file'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      at_operands+=(
        'TOKEN|*|'
      )
      ;;
    'queue drain')
      at_options+=(
        '--queue|=||<queues>||Work on this queue of the config file'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      ;;
    'queue restore')
      at_options+=(
        '--queue|=||<queues>||Work on this queue of the config file'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      at_operands+=(
        'ID||<operations>'
      )
      ;;
    'queue issue')
      at_options+=(
        '--file|=|TOKEN --count|<files>||Read the tokens from a file, one a line; `-` is standard input'
        '--count|=|TOKEN --file|||Issue so many random tokens, and print them'
        '--queue|=||<queues>||Work on this queue of the config file'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      at_operands+=(
        'TOKEN|*|'
      )
      ;;
    'queue expire')
      at_options+=(
        '--queue|=||<queues>||Work on this queue of the config file'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      ;;
    'cache')
      at_commands+=(
        'list|Show the caches and how many entries they hold'
        'evict|Remove entries from the caches'
        'warm|Fill caches from the database'
      )
      ;;
    'cache list')
      at_options+=(
        '--sample|||||Look at a few entries of each for their size and how long they still live'
      )
      ;;
    'cache evict')
      at_options+=(
        '--key|*=|NAME --match --all|||Evict this key, taken literally; may be repeated'
        '--match|=|NAME --key --all|||Evict every key that this pattern of Redis matches'
        '--all||NAME --key --match|||Evict all configured caches'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      at_operands+=(
        'NAME|*|<caches>'
      )
      ;;
    'cache warm')
      at_options+=(
        '--overwrite|||||Write entries anew that are there already'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      at_operands+=(
        'NAME|*|<warmable-caches>'
      )
      ;;
    'query')
      at_commands+=(
        'slow|List the statements that cost the most'
        'explain|Show how the server runs a statement'
      )
      ;;
    'query slow')
      at_options+=(
        '--sort|=||total mean calls rows||Put first what is largest in this: total time, mean time, calls or rows'
        '--limit|=||||Print at most this many'
        '--min-mean|=||||Leave out what takes less than this on average'
      )
      ;;
    'query explain')
      at_options+=(
        '--sql|=|QUERYID --file|||Explain this statement'
        '--file|=|QUERYID --sql|<files>||Explain the statement in this file; - is standard input'
        '--analyze|||||Run the statement and measure each step'
        '--param|*=||||Give the values of $1, $2 and so on, one option each, in this order'
        '--timeout|=||||End the run of --analyze after this long'
        '--yes -y|||||Let --analyze run what changes data, in a transaction that is rolled back'
      )
      at_operands+=(
        'QUERYID||<statements>'
      )
      ;;
    'index')
      at_commands+=(
        'list|Show the indexes, their size and use'
        'create|Build an index while the table is in use'
        'drop|Drop an index while its table is in use'
      )
      ;;
    'index list')
      at_operands+=(
        'TABLE||<tables>'
      )
      ;;
    'index create')
      at_options+=(
        '--unique|||||Refuse rows with equal keys from now on'
        '--where|=||||Index only the rows that fulfil this SQL condition'
        '--include|*,=||<columns>||Carry these columns for index-only scans'
        '--name|=||||Name the index; otherwise PostgreSQL'\''s own way of naming is followed'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      at_operands+=(
        'TABLE||<tables>'
        'COLUMN|*|<columns>'
      )
      ;;
    'index drop')
      at_options+=(
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      at_operands+=(
        'NAME||<indexes>'
      )
      ;;
    'outbox')
      at_commands+=(
        'status|Count events by state'
        'replay|Publish stuck events and mark them'
      )
      ;;
    'outbox status')
      at_options+=(
        '--by-type|||||Print one line for each event type'
      )
      ;;
    'outbox replay')
      at_options+=(
        '--status|*,=||<statuses>||Replay events in these states, as the table writes them; without it those of init and fail'
        '--older-than|=||||Leave younger events to the service, which may be sending them'
        '--type|*,=||<event-types>||Replay events of these types only'
        '--id|*,=||||Replay these events only'
        '--limit|=||||Replay at most this many, the oldest first'
        '--to|=||kafka redis-stream stdout||Publish there, instead of where the configuration says'
        '--topic|=||||Publish to this topic or stream; {column} stands for a column'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      ;;
    'status')
      ;;
    'doctor')
      ;;
    'history')
      at_options+=(
        '--limit|=||||Show at most this many, the newest first'
      )
      at_operands+=(
        'ID||<operations>'
      )
      ;;
    'undo')
      at_options+=(
        '--last||ID|||Take back the newest operation, unless it is taken back already'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      at_operands+=(
        'ID||<undoable-operations>'
      )
      ;;
    'sandbox')
      at_commands+=(
        'start|Start private servers with a ticket sale in them'
        'stop|Stop the sandbox'\''s servers'
        'status|Show whether the sandbox'\''s servers answer'
        'env|Print the variables that point a shell at it'
        'reset|Empty the sandbox and fill it anew'
      )
      ;;
    'sandbox start')
      at_options+=(
        '--directory|=||<files>||The sandbox'\''s directory, instead of usher/sandbox in the state directory'
        '--scale|=|--no-seed|small large||How large a sale: small has 5,000 seats, large 540,000'
        '--random-seed|=||||The same number makes the same sale again'
        '--no-seed||--scale|||Create the tables, and leave them empty'
      )
      ;;
    'sandbox stop')
      at_options+=(
        '--directory|=||<files>||The sandbox'\''s directory, instead of usher/sandbox in the state directory'
        '--delete|||||Delete what is in it as well'
        '--yes -y|||||Do not ask; needed where there is no terminal'
      )
      ;;
    'sandbox status')
      at_options+=(
        '--directory|=||<files>||The sandbox'\''s directory, instead of usher/sandbox in the state directory'
      )
      ;;
    'sandbox env')
      at_options+=(
        '--directory|=||<files>||The sandbox'\''s directory, instead of usher/sandbox in the state directory'
        '--shell|=||sh fish||The shell to write for; sh serves bash and zsh too'
      )
      ;;
    'sandbox reset')
      at_options+=(
        '--directory|=||<files>||The sandbox'\''s directory, instead of usher/sandbox in the state directory'
        '--scale|=|--no-seed|small large||How large a sale: small has 5,000 seats, large 540,000'
        '--random-seed|=||||The same number makes the same sale again'
        '--no-seed||--scale|||Create the tables, and leave them empty'
        '--yes -y|||||Do not ask; needed where there is no terminal'
      )
      ;;
    'schema')
      at_commands+=(
        'apply|Create the tables of the ticket sale'
      )
      ;;
    'schema apply')
      at_options+=(
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      ;;
    'seed')
      at_options+=(
        '--scale|=||small large||How large a sale: small has 5,000 seats, large 540,000'
        '--random-seed|=||||The same number makes the same sale again'
        '--dry-run -n|||||Print the plan and change nothing'
        '--yes -y|||||Do not ask; needed where there is no terminal'
        '--confirm|=||||Consent in a protected context by its name, or by the target'\''s to destroy'
        '--reason|=||||Keep this in the history as the reason why'
        '--max-affected|=||||Refuse when the plan would change more than this'
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      )
      ;;
    'config')
      at_commands+=(
        'show|Show the settings in force and where each came from'
        'check|Find everything that is wrong in the config files'
        'path|Show where config files are looked for'
      )
      ;;
    'config show')
      ;;
    'config check')
      ;;
    'config path')
      ;;
    'completion')
      at_operands+=(
        'SHELL||bash zsh fish'
      )
      ;;
    'version')
      ;;
    'manifest')
      ;;
  esac
}

# The option of that flag: sets flags, form, excluding, values, unshown and help.
_usher_option() {
  local entry
  for entry in "${at_options[@]}"; do
    IFS='|' read -r flags form excluding values unshown help <<<"$entry"
    [[ " $flags $unshown " == *" $1 "* ]] && return 0
  done
  flags='' form='' excluding='' values='' unshown='' help=''
  return 1
}

# Notes that an option was given, under each of its names.
_usher_give() {
  _usher_option "$1"
  given+="$1 $flags $unshown "
}

# The word $1 as the program gets it, in REPLY; one that the shell would have to expand stays as it stands.
_usher_plain() {
  case $1 in
    *[\$\`]*) REPLY=$1 ;;
    \'*\' | \"*\") REPLY=${1:1:${#1}-2} ;;
    *) REPLY=${1//\\/} ;;
  esac
}

# The names that only the program knows: it is asked with the words before the cursor and with what was typed of the name, and
# says `name TAB note` a line.
_usher_names() {
  local value note REPLY plain=()
  for value in "${words[@]:1:${#words[@]}-2}"; do _usher_plain "$value"; plain+=("$REPLY"); done
  if [[ $quote ]]; then REPLY=$typed; else _usher_plain "$typed"; fi
  while IFS=$'\t' read -r value note; do
    case $quote in
      \') value=${value//\'/\'\\\'\'} ;;
      \") value=${value//\\/\\\\} value=${value//\"/\\\"} value=${value//\$/\\\$} value=${value//\`/\\\`} ;;
      *) printf -v value %q "$value" ;;
    esac
    found+=("$value"$'\t'"$note")
  done < <("${words[0]/#\~/$HOME}" __complete "$1" --typed="$REPLY" -- "${plain[@]}" 2>/dev/null </dev/null)
}

# Candidates for a value: $1 stands before it in the same word, $2 is what was typed of it.
_usher_values() {
  local value note before=$1 typed=$2
  if [[ $form == *,* && $typed == *,* ]]; then
    before+=${typed%,*},
    typed=${typed##*,}
  fi
  case $values in
    '<files>') compopt -o filenames; mapfile -t found < <(compgen -f -- "$typed") ;;
    '<directories>') compopt -o filenames; mapfile -t found < <(compgen -d -- "$typed") ;;
    '<'*) values=${values#<}; _usher_names "${values%>}" ;;
    *) IFS=' ' read -r -a found <<<"$values" ;;
  esac
  for value in "${found[@]}"; do
    note=''
    [[ $value == *$'\t'* ]] && note=${value#*$'\t'} value=${value%%$'\t'*}
    [[ $value == "$typed"* && ",${before##*=}" != *",$value,"* ]] && candidates+=("$before$value"$'\t'"$note")
  done
}

_usher() {
  local at_commands at_options=() at_operands flags form excluding values unshown help
  local words=() rest=${COMP_LINE:0:COMP_POINT} word trimmed i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    trimmed=${rest#"${rest%%[![:space:]]*}"}
    word=${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && word=$trimmed
    if ((i > 0)) && [[ $trimmed == "$rest" ]]; then words[-1]+=$word; else words+=("$word"); fi
    rest=${trimmed#"$word"}
  done

  # Within quotes that are still open, readline replaces what stands after them.
  local current=${words[-1]} quote=''
  [[ $current == [\'\"]* ]] && quote=${current:0:1} current=${current:1}
  local place='' expects='' ended='' helping='' given=' ' count=0 letters flag entry
  _usher_at ''
  for word in "${words[@]:1:${#words[@]}-2}"; do
    if [[ $expects ]]; then
      expects=''
    elif [[ ! $ended && $word == -- ]]; then
      ended=1
    elif [[ ! $ended && $word == --*=* ]]; then
      _usher_give "${word%%=*}"
    elif [[ ! $ended && $word == --* ]]; then
      _usher_give "$word"
      [[ $form == *= ]] && expects=$word
    elif [[ ! $ended && $word == -?* ]]; then
      letters=${word#-}
      while [[ $letters ]]; do
        flag=-${letters:0:1} letters=${letters:1}
        _usher_give "$flag"
        [[ $form == *= ]] && { [[ $letters ]] || expects=$flag; break; }
      done
    elif [[ $word == help && ! $helping ]] && ((${#at_commands[@]})); then
      helping=1
    elif ((${#at_commands[@]})); then
      place+="${place:+ }$word"
      _usher_at "$place"
    else
      if ((${#at_operands[@]})); then
        entry=${at_operands[count < ${#at_operands[@]} ? count : -1]}
        given+="${entry%%|*} "
      fi
      ((count++))
    fi
  done

  local candidates=() found=()
  if [[ $expects ]]; then
    _usher_option "$expects"
    _usher_values '' "$current"
  elif [[ ! $ended && $current == --*=* ]]; then
    _usher_option "${current%%=*}" && _usher_values "${current%%=*}=" "${current#*=}"
  elif [[ ! $ended && $current == -* && ! $helping ]]; then
    for entry in "${at_options[@]}"; do
      IFS='|' read -r flags form excluding values unshown help <<<"$entry"
      [[ $form == *\** ]] || excluding+=" $flags"
      for flag in $excluding; do
        [[ $given == *" $flag "* ]] && continue 2
      done
      for flag in $flags; do
        [[ $flag == "$current"* && ($flag == --* || $flag == "$current") ]] && candidates+=("$flag"$'\t'"$help")
      done
    done
  elif ((${#at_commands[@]})); then
    for entry in "${at_commands[@]}"; do [[ $entry == "$current"* ]] && candidates+=("${entry/|/$'\t'}"); done
  elif [[ ! $helping ]] && ((${#at_operands[@]})); then
    entry=${at_operands[count < ${#at_operands[@]} ? count : -1]}
    if ((count < ${#at_operands[@]})) || [[ $entry == *'|*|'* ]]; then
      form='' values=${entry##*|}
      _usher_values '' "$current"
    fi
  fi

  # What readline leaves in place: all up to the last character at which it splits words.
  local kept=''
  for ((i = 0; i < ${#current}; i++)); do
    [[ ! $quote && ${current:i:1} == [=:] && $COMP_WORDBREAKS == *"${current:i:1}"* ]] && kept=${current:0:i+1}
  done
  COMPREPLY=()
  for entry in "${candidates[@]}"; do
    word=${entry%%$'\t'*} help=${entry#*$'\t'}
    word=${word#"$kept"}
    # Descriptions only where bash lists and inserts nothing.
    [[ $help && ${#candidates[@]} -gt 1 && $COMP_TYPE == 63 ]] && word+="  ($help)"
    COMPREPLY+=("$word")
  done
}

complete -o nosort -F _usher usher
