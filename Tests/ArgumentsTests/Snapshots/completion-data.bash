# Completion of tool for bash 4.4 or later. Generated from the command definitions.

_tool_at() {
  at_commands=() at_operands=()
  case $1 in
    '')
      at_commands+=(
        'queue|The waiting room'
        'outbox|Stuck events'
        'index|Indexes'
        'shift|Shift the clock'
        'cluster|The machines'
        'help|Show the help of a command'
      )
      at_options+=(
        '--context -c|=||<contexts>||Where to work'
        '--quiet -q|||||Print nothing on success'
        '--verbose -v|*||||Say more'
        '--timeout|=||||How long to wait'
        '--password|=||||The password'
        '--pin|=||||A secret number'
        '--help -h|||||Show help: -h a line an option, --help in full'
        '--version|||||Show the version'
      )
      ;;
    'queue')
      at_commands+=(
        'status|Show the waiting room'
        'admit|Admit waiting people'
      )
      ;;
    'queue status')
      at_options+=(
        '--label|*,=||||Only people with these labels'
      )
      ;;
    'queue admit')
      at_options+=(
        '--fill-to|=|COUNT|||Admit until so many are active'
        '--dry-run -n|||||Show the plan only'
        '--rate -r|=||||How fast'
        '--reason|=||||Why'
        '--color --no-color|||||Colour the output'
        '--delta -d|=|||--difference|A change'
        '--since|=||||From when on'
        '||||--internals|'
      )
      at_operands+=(
        'COUNT||'
      )
      ;;
    'outbox')
      at_commands+=(
        'replay|Publish stuck events'
      )
      ;;
    'outbox replay')
      at_options+=(
        '--status|*,=||INIT FAIL RETRY||Which events'
        '--id -i|*=||||One event; may be repeated'
        '--topic|=||||Where to'
        '--user|=||||As whom'
        '--key|=||||With which key'
      )
      ;;
    'index')
      at_commands+=(
        'create|Create an index'
      )
      ;;
    'index create')
      at_operands+=(
        'TABLE||'
        'COLUMN|*|'
      )
      ;;
    'shift')
      at_operands+=(
        'OFFSET||'
      )
      ;;
    'cluster')
      at_commands+=(
        'node|One machine'
      )
      at_options+=(
        '--region -R|=||||Which region'
      )
      ;;
    'cluster node')
      at_commands+=(
        'disk|Its disks'
      )
      at_options+=(
        '--force --no-force -f|||||Do it all the same'
        '--compress --no-compress||||--zip --no-zip|Compress what is sent'
      )
      ;;
    'cluster node disk')
      at_commands+=(
        'check|Check a disk'
      )
      ;;
    'cluster node disk check')
      at_options+=(
        '--level -l|=||brief full deep||How much'
        '--port -p|=||||Where the node listens'
        '--size -s|=||||How much to read'
        '--share|=||||How much of the disk to read'
        '--window -w|=||||For how long'
        '--host|=|--link|||Which node'
        '--link|=|--host|||Which node, by its URL'
        '--trace -t|*=||||Whose trace; may be repeated'
        '--keys|*=||||Which keys'
        '--from|=||||From which record on'
        '--file|=||<files>||Write the report there'
        '--directory -C|=||<directories>||Work there'
      )
      at_operands+=(
        'DISK||'
      )
      ;;
  esac
}

