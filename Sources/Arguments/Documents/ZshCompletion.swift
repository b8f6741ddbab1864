/// Completion for zsh, as a function for its `fpath`.
func zshScript(_ name: String, _ cases: String) -> String {
  #"""
  #compdef \#(name)
  # Completion of \#(name) for zsh. Generated from the command definitions.

  _\#(name)_at() {
    at_commands=() at_operands=()
    case $1 in
  \#(cases)
    esac
  }

  # The option of that flag: sets flags, form, excluding, values, unshown and help.
  _\#(name)_option() {
    local entry
    for entry in $at_options; do
      _\#(name)_fields "$entry"
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

  _\#(name)_fields() {
    local -a fields=("${(@s:|:)1}")
    flags=$fields[1] form=$fields[2] excluding=$fields[3] values=$fields[4] unshown=$fields[5] help=$fields[6]
  }

  # The names that only the program knows: it is asked with the words before the cursor and with what was typed of the name, and
  # says `name TAB note` a line.
  _\#(name)_names() {
    local line part=$PREFIX
    [[ -n $compstate[quoting] ]] || part=${(Q)PREFIX}
    for line in "${(@f)$(${(Q)words[1]/#\~\//$HOME/} __complete $1 --typed="$part" -- "${(@Q)words[2,CURRENT-1]}" 2>/dev/null </dev/null)}"; do
      [[ -n $line ]] || continue
      word=${line%%$'\t'*}
      [[ $typed == *",$word,"* ]] && continue
      word=${${word//\\/\\\\}//:/\\:}
      if [[ $line == *$'\t'* ]]; then found+=("$word:${line#*$'\t'}"); else found+=("$word"); fi
    done
    _describe -V name found
  }

  # Offers the values of the present option or operand, but those that stand in the same word already.
  _\#(name)_values() {
    local typed=''
    if [[ $form == *,* && $PREFIX == *,* ]]; then
      typed=,${PREFIX%,*},
      compset -P '*,'
    fi
    case $values in
      ('<files>') _files ;;
      ('<directories>') _files -/ ;;
      ('<'*) _\#(name)_names "${${values#<}%>}" || _message "${help:-value}" ;;
      ('') _message "${help:-value}" ;;
      (*)
        for word in ${(s: :)values}; do [[ $typed == *",$word,"* ]] || found+=("$word"); done
        compadd -V values -a found
        ;;
    esac
  }

  _\#(name)() {
    local -a at_commands at_options at_operands found
    local flags form excluding values unshown help word place='' expects='' ended='' helping='' given=' ' letters flag entry
    local -i count=0
    _\#(name)_at ''
    for word in "${(@)words[2,CURRENT-1]}"; do
      if [[ -n $expects ]]; then
        expects=''
      elif [[ -z $ended && $word == -- ]]; then
        ended=1
      elif [[ -z $ended && $word == --*=* ]]; then
        _\#(name)_give "${word%%=*}"
      elif [[ -z $ended && $word == --* ]]; then
        _\#(name)_give "$word"
        [[ $form == *= ]] && expects=$word
      elif [[ -z $ended && $word == -?* ]]; then
        letters=${word#-}
        while [[ -n $letters ]]; do
          flag=-${letters[1]} letters=${letters[2,-1]}
          _\#(name)_give "$flag"
          if [[ $form == *= ]]; then
            [[ -n $letters ]] || expects=$flag
            break
          fi
        done
      elif [[ $word == help && -z $helping ]] && (( $#at_commands )); then
        helping=1
      elif (( $#at_commands )); then
        place+="${place:+ }$word"
        _\#(name)_at "$place"
      else
        (( count++ ))
        entry=${at_operands[count]:-$at_operands[-1]}
        given+="${entry%%|*} "
      fi
    done

    if [[ -n $expects ]]; then
      _\#(name)_option "$expects"
      _\#(name)_values
    elif [[ -z $ended && $PREFIX == --*=* ]]; then
      _\#(name)_option "${PREFIX%%=*}" || return 1
      compset -P 1 '*='
      _\#(name)_values
    elif [[ -z $ended && $PREFIX == -* && -z $helping ]]; then
      for entry in $at_options; do
        _\#(name)_fields "$entry"
        [[ $form == *\** ]] || excluding+=" $flags"
        for flag in ${(s: :)excluding}; do
          [[ $given == *" $flag "* ]] && continue 2
        done
        for flag in ${(s: :)flags}; do
          [[ $flag == --* || $flag == $PREFIX ]] && found+=("${flag//:/\\:}:$help")
        done
      done
      _describe -V -o option found
    elif (( $#at_commands )); then
      for entry in $at_commands; do found+=("${entry%%|*}:${entry#*|}"); done
      _describe -V command found
    elif [[ -z $helping ]] && (( $#at_operands )); then
      entry=${at_operands[count + 1]}
      [[ -z $entry && $at_operands[-1] == *'|*|'* ]] && entry=$at_operands[-1]
      [[ -n $entry ]] || return 1
      form='' values=${entry##*|} help=${entry%%|*}
      _\#(name)_values
    fi
  }

  # The file itself is the function where zsh found it in its fpath; elsewhere it was sourced.
  if [[ $funcstack[1] == _\#(name) ]]; then
    _\#(name) "$@"
  else
    compdef _\#(name) \#(name)
  fi

  """#
}
