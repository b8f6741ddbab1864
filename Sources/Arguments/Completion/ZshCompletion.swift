/// Completion for zsh, as a function for its `fpath`.
func zshScript(_ name: String) -> String {
  #"""
  #compdef \#(name)
  # Completion of \#(name) for zsh. The program answers; this script passes the words and shows the answer.

  _\#(name)() {
    local -a found before=("${(@Q)words[2,CURRENT-1]}")
    local line word note flag='' part=$PREFIX
    ((CURRENT > 2)) || before=()
    # Within an open quote the word has no other quotes.
    [[ -n $compstate[quoting] ]] || part=${(Q)PREFIX}
    # What is typed of a value is matched without its option, which zsh would quote.
    if [[ $part == --*=* ]]; then
      flag=${part%%=*}=
      compset -P 1 '*='
    fi
    for line in "${(@f)$(${(Q)words[1]/#\~\//$HOME/} __complete -- "${before[@]}" "$part" 2>/dev/null </dev/null)}"; do
      word=${line%%$'\t'*} note=${${line#"$word"}#$'\t'}
      case $line in
        ('') continue ;;
        ($'\tfile\t'*) _files; return ;;
        ($'\tdirectory\t'*) _files -/; return ;;
        ($'\tmessage\t'*) _message "${note#*$'\t'}"; return ;;
      esac
      word=${${${word#"$flag"}//\\/\\\\}//:/\\:}
      found+=("$word${note:+:$note}")
    done
    _describe -V \#(name) found
  }

  # The file itself is the function where zsh found it in its fpath; elsewhere it was sourced.
  if [[ $funcstack[1] == _\#(name) ]]; then
    _\#(name) "$@"
  else
    compdef _\#(name) \#(name)
  fi

  """#
}
