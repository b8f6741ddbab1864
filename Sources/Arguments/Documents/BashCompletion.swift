/// Completion for bash 4.4 or later.
///
/// bash splits words at the `=` and `:` of COMP_WORDBREAKS; the words are put together again from the line itself, and what
/// readline keeps of the word is cut off the replies.
func bashScript(_ name: String, _ cases: String) -> String {
  #"""
  # Completion of \#(name) for bash 4.4 or later. Generated from the command definitions.

  _\#(name)_at() {
    at_commands=() at_operands=()
    case $1 in
  \#(cases)
    esac
  }

  # The option of that flag: sets flags, form, excluding, values, unshown and help.
  _\#(name)_option() {
    local entry
    for entry in "${at_options[@]}"; do
      IFS='|' read -r flags form excluding values unshown help <<<"$entry"
      [[ " $flags $unshown " == *" $1 "* ]] && return 0
    done
    flags='' form='' excluding='' values='' unshown='' help=''
    return 1
  }

  # Notes that an option was given, under each of its names.
  _\#(name)_give() {
    _\#(name)_option "$1"
    given+="$1 $flags $unshown "
  }

  # The word $1 as the program gets it, in REPLY; one that the shell would have to expand stays as it stands.
  _\#(name)_plain() {
    case $1 in
      *[\$\`]*) REPLY=$1 ;;
      \'*\' | \"*\") REPLY=${1:1:${#1}-2} ;;
      *) REPLY=${1//\\/} ;;
    esac
  }

  # The names that only the program knows: it is asked with the words before the cursor and with what was typed of the name, and
  # says `name TAB note` a line.
  _\#(name)_names() {
    local value note REPLY plain=()
    for value in "${words[@]:1:${#words[@]}-2}"; do _\#(name)_plain "$value"; plain+=("$REPLY"); done
    if [[ $quote ]]; then REPLY=$typed; else _\#(name)_plain "$typed"; fi
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
  _\#(name)_values() {
    local value note before=$1 typed=$2
    if [[ $form == *,* && $typed == *,* ]]; then
      before+=${typed%,*},
      typed=${typed##*,}
    fi
    case $values in
      '<files>') compopt -o filenames; mapfile -t found < <(compgen -f -- "$typed") ;;
      '<directories>') compopt -o filenames; mapfile -t found < <(compgen -d -- "$typed") ;;
      '<'*) values=${values#<}; _\#(name)_names "${values%>}" ;;
      *) IFS=' ' read -r -a found <<<"$values" ;;
    esac
    for value in "${found[@]}"; do
      note=''
      [[ $value == *$'\t'* ]] && note=${value#*$'\t'} value=${value%%$'\t'*}
      [[ $value == "$typed"* && ",${before##*=}" != *",$value,"* ]] && candidates+=("$before$value"$'\t'"$note")
    done
  }

  _\#(name)() {
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
    _\#(name)_at ''
    for word in "${words[@]:1:${#words[@]}-2}"; do
      if [[ $expects ]]; then
        expects=''
      elif [[ ! $ended && $word == -- ]]; then
        ended=1
      elif [[ ! $ended && $word == --*=* ]]; then
        _\#(name)_give "${word%%=*}"
      elif [[ ! $ended && $word == --* ]]; then
        _\#(name)_give "$word"
        [[ $form == *= ]] && expects=$word
      elif [[ ! $ended && $word == -?* ]]; then
        letters=${word#-}
        while [[ $letters ]]; do
          flag=-${letters:0:1} letters=${letters:1}
          _\#(name)_give "$flag"
          [[ $form == *= ]] && { [[ $letters ]] || expects=$flag; break; }
        done
      elif [[ $word == help && ! $helping ]] && ((${#at_commands[@]})); then
        helping=1
      elif ((${#at_commands[@]})); then
        place+="${place:+ }$word"
        _\#(name)_at "$place"
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
      _\#(name)_option "$expects"
      _\#(name)_values '' "$current"
    elif [[ ! $ended && $current == --*=* ]]; then
      _\#(name)_option "${current%%=*}" && _\#(name)_values "${current%%=*}=" "${current#*=}"
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
        _\#(name)_values '' "$current"
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

  complete -o nosort -F _\#(name) \#(name)

  """#
}
