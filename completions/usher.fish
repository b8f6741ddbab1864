# Completion of usher for fish. Generated from the command definitions.

function __usher_at --no-scope-shadowing
  set at_commands
  set at_operands
  switch $argv[1]
    case ''
      set -a at_commands 'queue|Look at the waiting room, let people in, and repair it' \
        'cache|Look at the caches, empty them and fill them' \
        'query|Find slow statements and see why they are slow' \
        'index|List, build and drop indexes while tables are in use' \
        'outbox|See and replay events that were not sent' \
        'status|Show the health of all stores on one screen' \
        'doctor|Check settings, stores, versions and privileges' \
        'history|List what was changed, by whom and why' \
        'undo|Take an operation back' \
        'sandbox|Run private servers with a ticket sale in them' \
        'schema|Create the tables of the reference ticket sale' \
        'seed|Fill empty stores with a ticket sale' \
        'config|Show and check the settings and their origins' \
        'completion|Print the script that completes usher\'s commands' \
        'version|Print the version of usher and of its libraries' \
        'manifest|List every command, or describe all as JSON' \
        'help|Show the help of a command'
      set -a at_options '--context|=||<contexts>||Use this context of the config file' \
        '--config|=||<files>||Read this config file and no other' \
        '--postgres|=||||Connect to this PostgreSQL; a password goes into .pgpass' \
        '--redis|=||||Connect to this Redis; a password goes into USHER_REDIS or the file' \
        '--kafka|=||||Connect to these Kafka brokers, host:port with commas' \
        '--output -o|=||table json jsonl csv||Print results in this format' \
        '--color|=||auto always never||Colour the output' \
        '--quiet -q|||||Print nothing on success but the data asked for' \
        '--verbose -v|*||||Say on standard error what is done' \
        '--help -h|||||Show help: -h a line an option, --help in full' \
        '--version|||||Show the version'
    case 'queue'
      set -a at_commands 'status|Show how many people wait and are active' \
        'list|List the people who wait, or those who are active' \
        'show|Show where one person is, and for how long' \
        'admit|Admit the people who wait longest' \
        'pause|Let nobody in for a while' \
        'resume|End a pause before its time' \
        'plan|Work out how many to admit, and when the room is empty' \
        'move|Give waiting people another place in line' \
        'remove|Take people out of the queue' \
        'drain|Set everybody who waits aside' \
        'restore|Give people back who were set aside' \
        'issue|Add new tokens at the back of the line' \
        'expire|Take the active out whose time is over'
    case 'queue status'
      set -a at_options '--queue|=|--all|<queues>||Work on this queue of the config file' \
        '--all||--queue|||Show all queues, of a family every concert\'s' \
        '--watch|=||||Look again each time after so long'
    case 'queue list'
      set -a at_options '--queue|=|--all|<queues>||Work on this queue of the config file' \
        '--all||--queue --from|||Show all queues, of a family every concert\'s' \
        '--active|||||List those who were admitted, not those who wait' \
        '--from|=|--all|||Begin at this position; 1 is the front' \
        '--limit|=||||Show so many at most; on a terminal 50, else all, when absent'
    case 'queue show'
      set -a at_options '--queue|=||<queues>||Work on this queue of the config file' \
        '--user|=|TOKEN|||Look for this user, where members say whose they are' \
        '--measure|=||||Look twice, so long apart, and estimate from who left the line'
      set -a at_operands 'TOKEN||'
    case 'queue admit'
      set -a at_options '--queue|=||<queues>||Work on this queue of the config file' \
        '--fill-to|=|COUNT|||Admit until this many are active' \
        '--rate|=||||Admit at most so many a time, by the clock of Redis: 420/min' \
        '--for|=||||Go on this long with --rate, also while nobody waits' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      set -a at_operands 'COUNT||'
    case 'queue pause'
      set -a at_options '--queue|=||<queues>||Work on this queue of the config file' \
        '--for|=||||How long the pause lasts; it ends by itself' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
    case 'queue resume'
      set -a at_options '--queue|=||<queues>||Work on this queue of the config file' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
    case 'queue plan'
      set -a at_options '--queue|=||<queues>||Work on this queue of the config file' \
        '--throughput|=||||What the service sees through at most' \
        '--flow-time|=||||How long somebody takes from admission to end' \
        '--headroom|=||||Leave this share of the throughput free' \
        '--rate|=||||Say when the room is empty at this many admissions a time' \
        '--measure|=||||Look at the queue for this long first' \
        '--history|=||||Count what usher has admitted in this time'
    case 'queue move'
      set -a at_options '--to|=||||Where to: front, back, or the token that they stand before' \
        '--file|=|TOKEN|<files>||Read the tokens from a file, one a line; `-` is standard input' \
        '--queue|=||<queues>||Work on this queue of the config file' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      set -a at_operands 'TOKEN|*|'
    case 'queue remove'
      set -a at_options '--file|=|TOKEN|<files>||Read the tokens from a file, one a line; `-` is standard input' \
        '--active|||||Take them out of the active as well' \
        '--queue|=||<queues>||Work on this queue of the config file' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      set -a at_operands 'TOKEN|*|'
    case 'queue drain'
      set -a at_options '--queue|=||<queues>||Work on this queue of the config file' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
    case 'queue restore'
      set -a at_options '--queue|=||<queues>||Work on this queue of the config file' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      set -a at_operands 'ID||<operations>'
    case 'queue issue'
      set -a at_options '--file|=|TOKEN --count|<files>||Read the tokens from a file, one a line; `-` is standard input' \
        '--count|=|TOKEN --file|||Issue so many random tokens, and print them' \
        '--queue|=||<queues>||Work on this queue of the config file' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      set -a at_operands 'TOKEN|*|'
    case 'queue expire'
      set -a at_options '--queue|=||<queues>||Work on this queue of the config file' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
    case 'cache'
      set -a at_commands 'list|Show the caches and how many entries they hold' \
        'evict|Remove entries from the caches' \
        'warm|Fill caches from the database'
    case 'cache list'
      set -a at_options '--sample|||||Look at a few entries of each for their size and how long they still live'
    case 'cache evict'
      set -a at_options '--key|*=|NAME --match --all|||Evict this key, taken literally; may be repeated' \
        '--match|=|NAME --key --all|||Evict every key that this pattern of Redis matches' \
        '--all||NAME --key --match|||Evict all configured caches' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      set -a at_operands 'NAME|*|<caches>'
    case 'cache warm'
      set -a at_options '--overwrite|||||Write entries anew that are there already' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      set -a at_operands 'NAME|*|<warmable-caches>'
    case 'query'
      set -a at_commands 'slow|List the statements that cost the most' \
        'explain|Show how the server runs a statement'
    case 'query slow'
      set -a at_options '--sort|=||total mean calls rows||Put first what is largest in this: total time, mean time, calls or rows' \
        '--limit|=||||Print at most this many' \
        '--min-mean|=||||Leave out what takes less than this on average'
    case 'query explain'
      set -a at_options '--sql|=|QUERYID --file|||Explain this statement' \
        '--file|=|QUERYID --sql|<files>||Explain the statement in this file; - is standard input' \
        '--analyze|||||Run the statement and measure each step' \
        '--param|*=||||Give the values of $1, $2 and so on, one option each, in this order' \
        '--timeout|=||||End the run of --analyze after this long' \
        '--yes -y|||||Let --analyze run what changes data, in a transaction that is rolled back'
      set -a at_operands 'QUERYID||<statements>'
    case 'index'
      set -a at_commands 'list|Show the indexes, their size and use' \
        'create|Build an index while the table is in use' \
        'drop|Drop an index while its table is in use'
    case 'index list'
      set -a at_operands 'TABLE||<tables>'
    case 'index create'
      set -a at_options '--unique|||||Refuse rows with equal keys from now on' \
        '--where|=||||Index only the rows that fulfil this SQL condition' \
        '--include|*,=||<columns>||Carry these columns for index-only scans' \
        '--name|=||||Name the index; otherwise PostgreSQL\'s own way of naming is followed' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      set -a at_operands 'TABLE||<tables>' \
        'COLUMN|*|<columns>'
    case 'index drop'
      set -a at_options '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      set -a at_operands 'NAME||<indexes>'
    case 'outbox'
      set -a at_commands 'status|Count events by state' \
        'replay|Publish stuck events and mark them'
    case 'outbox status'
      set -a at_options '--by-type|||||Print one line for each event type'
    case 'outbox replay'
      set -a at_options '--status|*,=||<statuses>||Replay events in these states, as the table writes them; without it those of init and fail' \
        '--older-than|=||||Leave younger events to the service, which may be sending them' \
        '--type|*,=||<event-types>||Replay events of these types only' \
        '--id|*,=||||Replay these events only' \
        '--limit|=||||Replay at most this many, the oldest first' \
        '--to|=||kafka redis-stream stdout||Publish there, instead of where the configuration says' \
        '--topic|=||||Publish to this topic or stream; {column} stands for a column' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
    case 'status'
      true
    case 'doctor'
      true
    case 'history'
      set -a at_options '--limit|=||||Show at most this many, the newest first'
      set -a at_operands 'ID||<operations>'
    case 'undo'
      set -a at_options '--last||ID|||Take back the newest operation, unless it is taken back already' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--rate|=||||Change at most this many a time, such as 500/s or 420/min' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
      set -a at_operands 'ID||<undoable-operations>'
    case 'sandbox'
      set -a at_commands 'start|Start private servers with a ticket sale in them' \
        'stop|Stop the sandbox\'s servers' \
        'status|Show whether the sandbox\'s servers answer' \
        'env|Print the variables that point a shell at it' \
        'reset|Empty the sandbox and fill it anew'
    case 'sandbox start'
      set -a at_options '--directory|=||<files>||The sandbox\'s directory, instead of usher/sandbox in the state directory' \
        '--scale|=|--no-seed|small large||How large a sale: small has 5,000 seats, large 540,000' \
        '--random-seed|=||||The same number makes the same sale again' \
        '--no-seed||--scale|||Create the tables, and leave them empty'
    case 'sandbox stop'
      set -a at_options '--directory|=||<files>||The sandbox\'s directory, instead of usher/sandbox in the state directory' \
        '--delete|||||Delete what is in it as well' \
        '--yes -y|||||Do not ask; needed where there is no terminal'
    case 'sandbox status'
      set -a at_options '--directory|=||<files>||The sandbox\'s directory, instead of usher/sandbox in the state directory'
    case 'sandbox env'
      set -a at_options '--directory|=||<files>||The sandbox\'s directory, instead of usher/sandbox in the state directory' \
        '--shell|=||sh fish||The shell to write for; sh serves bash and zsh too'
    case 'sandbox reset'
      set -a at_options '--directory|=||<files>||The sandbox\'s directory, instead of usher/sandbox in the state directory' \
        '--scale|=|--no-seed|small large||How large a sale: small has 5,000 seats, large 540,000' \
        '--random-seed|=||||The same number makes the same sale again' \
        '--no-seed||--scale|||Create the tables, and leave them empty' \
        '--yes -y|||||Do not ask; needed where there is no terminal'
    case 'schema'
      set -a at_commands 'apply|Create the tables of the ticket sale'
    case 'schema apply'
      set -a at_options '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
    case 'seed'
      set -a at_options '--scale|=||small large||How large a sale: small has 5,000 seats, large 540,000' \
        '--random-seed|=||||The same number makes the same sale again' \
        '--dry-run -n|||||Print the plan and change nothing' \
        '--yes -y|||||Do not ask; needed where there is no terminal' \
        '--confirm|=||||Consent in a protected context by its name, or by the target\'s to destroy' \
        '--reason|=||||Keep this in the history as the reason why' \
        '--max-affected|=||||Refuse when the plan would change more than this' \
        '--wait|=||||Wait this long for another usher to finish, instead of exiting with 75'
    case 'config'
      set -a at_commands 'show|Show the settings in force and where each came from' \
        'check|Find everything that is wrong in the config files' \
        'path|Show where config files are looked for'
    case 'config show'
      true
    case 'config check'
      true
    case 'config path'
      true
    case 'completion'
      set -a at_operands 'SHELL||bash zsh fish'
    case 'version'
      true
    case 'manifest'
      true
  end
end

# The fields of the option of that flag: flags, form, excluding, values, unshown, help.
function __usher_option --no-scope-shadowing
  for entry in $at_options
    set fields (string split '|' -- $entry)
    if contains -- $argv[1] (string split ' ' -- "$fields[1] $fields[5]")
      return 0
    end
  end
  set fields '' '' '' '' '' ''
  return 1
end

# Notes that an option was given, under each of its names.
function __usher_give --no-scope-shadowing
  __usher_option $argv[1]
  set -a given $argv[1] (string split -n ' ' -- "$fields[1] $fields[5]")
end

# Candidates for a value: form, values, what stands before it in the same word, what was typed of it.
function __usher_values
  set -l before $argv[3]
  set -l typed $argv[4]
  if string match -q '*,*' -- $argv[1]; and string match -q '*,*' -- $typed
    set before $before(string replace -r '[^,]*$' '' -- $typed)
    set typed (string replace -r '.*,' '' -- $typed)
  end
  # What stands in the same word already isn't offered again.
  set -l listed (string split ',' -- (string replace -r '^--[^=]*=' '' -- $before))
  switch $argv[2]
    case '<files>'
      for path in (__fish_complete_path $typed)
        echo $before$path
      end
    case '<directories>'
      for path in (__fish_complete_directories $typed '')
        echo $before$path
      end
    case '<*'
      set -l words (commandline -opc)
      # A quote that is still open is no part of the name.
      set -l part (string unescape -- $typed; or string replace -r '^[\'"]' '' -- $typed)
      # The program is asked with the words before the cursor and with what was typed of the name, and says `name TAB note` a line.
      for line in ($words[1] __complete (string trim -c '<>' -- $argv[2]) "--typed=$part" -- $words[2..-1] 2>/dev/null </dev/null)
        contains -- (string replace -r '\t.*' '' -- $line) $listed; or echo $before$line
      end
    case ''
    case '*'
      for value in (string split ' ' -- $argv[2])
        contains -- $value $listed; or echo $before$value
      end
  end
end

function __usher_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l at_commands
  set -l at_options
  set -l at_operands
  set -l fields
  set -l place
  set -l expects
  set -l ended
  set -l helping
  set -l given
  set -l count 0
  __usher_at ''
  for word in $words[2..-1]
    if set -q expects[1]
      set expects
    else if not set -q ended[1]; and test "$word" = --
      set ended 1
    else if not set -q ended[1]; and string match -q -- '--*=*' $word
      __usher_give (string replace -r '=.*' '' -- $word)
    else if not set -q ended[1]; and string match -q -- '--*' $word
      __usher_give $word
      string match -q -- '*=' $fields[2]; and set expects $word
    else if not set -q ended[1]; and string match -q -- '-?*' $word
      set -l letters (string split '' -- (string sub -s 2 -- $word))
      while set -q letters[1]
        set -l flag -$letters[1]
        set -e letters[1]
        __usher_give $flag
        if string match -q -- '*=' $fields[2]
          set -q letters[1]; or set expects $flag
          break
        end
      end
    else if test "$word" = help; and not set -q helping[1]; and set -q at_commands[1]
      set helping 1
    else if set -q at_commands[1]
      set -a place $word
      __usher_at "$place"
    else
      set count (math $count + 1)
      set -l index (math "min($count, "(count $at_operands)")")
      test $index -gt 0; and set -a given (string replace -r '\|.*' '' -- $at_operands[$index])
    end
  end

  if set -q expects[1]
    __usher_option $expects
    __usher_values "$fields[2]" "$fields[4]" '' "$current"
  else if not set -q ended[1]; and string match -q -- '--*=*' $current
    if __usher_option (string replace -r '=.*' '' -- $current)
      __usher_values "$fields[2]" "$fields[4]" (string replace -r '=.*' '=' -- $current) (string replace -r '^[^=]*=' '' -- $current)
    end
  else if not set -q ended[1]; and not set -q helping[1]; and string match -q -- '-*' $current
    for entry in $at_options
      set fields (string split '|' -- $entry)
      set -l flags (string split -n ' ' -- $fields[1])
      set -l excluding (string split -n ' ' -- $fields[3])
      string match -q -- '*\**' $fields[2]; or set -a excluding $flags
      set -l is_excluded
      for flag in $excluding
        contains -- $flag $given; and set is_excluded 1
      end
      set -q is_excluded[1]; and continue
      for flag in $flags
        if string match -q -- '--*' $flag; or test $flag = $current
          printf '%s\t%s\n' $flag $fields[6]
        end
      end
    end
  else if set -q at_commands[1]
    for entry in $at_commands
      string replace '|' \t -- $entry
    end
  else if not set -q helping[1]; and set -q at_operands[1]
    set -l operand $at_operands[(math $count + 1)]
    if test -z "$operand"; and string match -q -- '*|*|*' $at_operands[-1]; and test (string split '|' -- $at_operands[-1])[2] = '*'
      set operand $at_operands[-1]
    end
    if test -n "$operand"
      set fields (string split '|' -- $operand)
      __usher_values '' "$fields[3]" '' "$current"
    end
  end
end

complete -c usher -f -k -a '(__usher_complete)'
