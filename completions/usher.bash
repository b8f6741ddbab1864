# Completion of usher for bash 4.4 or later. The program answers; this script passes the words and shows the answer.

# Sets REPLY to the word $1 as the program would get it. A word that the shell would have to expand stays as it is.
_usher_plain() {
  case $1 in
    *[\$\`]*) REPLY=$1 ;;
    \'*\' | \"*\") REPLY=${1:1:${#1}-2} ;;
    *) REPLY=${1//\\/} ;;
  esac
}

_usher() {
  local words=() plain=() rest=${COMP_LINE:0:COMP_POINT} word trimmed line note i REPLY
  for ((i = 0; i <= COMP_CWORD; i++)); do
    trimmed=${rest#"${rest%%[![:space:]]*}"} word=${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && word=$trimmed
    if ((i > 0)) && [[ $trimmed == "$rest" ]]; then words[-1]+=$word; else words+=("$word"); fi
    rest=${trimmed#"$word"}
  done
  for word in "${words[@]:1:${#words[@]}-2}"; do _usher_plain "$word" && plain+=("$REPLY"); done

  # Readline replaces what follows an open quote, or the last character at which it splits words.
  local current=${words[-1]} quote='' kept=''
  if [[ $current == [\'\"]* ]]; then
    quote=${current:0:1} current=${current:1} REPLY=$current
  else
    _usher_plain "$current"
    for ((i = 0; i < ${#current}; i++)); do
      [[ ${current:i:1} == [=:] && $COMP_WORDBREAKS == *"${current:i:1}"* ]] && kept=${current:0:i+1}
    done
  fi

  COMPREPLY=()
  local notes=()
  while IFS= read -r line; do
    word=${line%%$'\t'*} note=${line#"$word"} note=${note#$'\t'}
    case $quote/$word/$note in
      *//file$'\t'* | *//directory$'\t'*) # Paths: readline quotes them.
        compopt -o filenames
        trimmed=${note#*$'\t'}
        mapfile -t COMPREPLY < <(compgen -A "${note%%$'\t'*}" -P "$trimmed" -- "${current#"$trimmed"}")
        COMPREPLY=("${COMPREPLY[@]#"$kept"}")
        return ;;
      *//message$'\t'*) continue ;;
      \'/*) word=${word//\'/\'\\\'\'} ;;
      \"/*) word=${word//\\/\\\\} word=${word//\"/\\\"} word=${word//\$/\\\$} word=${word//\`/\\\`} ;;
      *) [[ $word == *[!A-Za-z0-9_./:=,@%+-]* ]] && printf -v word %q "$word" ;;
    esac
    COMPREPLY+=("${word#"$kept"}") notes+=("$note")
  done < <("${words[0]/#\~/$HOME}" __complete -- "${plain[@]}" "$REPLY" 2>/dev/null </dev/null)
  # Notes are shown where bash lists the candidates and inserts nothing.
  ((COMP_TYPE == 63 && ${#COMPREPLY[@]} > 1)) || return 0
  for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]+=${notes[i]:+"  (${notes[i]})"}; done
}

complete -o nosort -F _usher usher
