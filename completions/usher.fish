# Completion of usher for fish. The program answers; this script passes the words and shows the answer.

function __usher_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  # A quote that is still open is no part of the word.
  set -l typed (string unescape -- "$current")
  or set typed (string replace -r '^[\'"]' '' -- "$current")
  for line in ($words[1] __complete -- $words[2..-1] "$typed" 2>/dev/null </dev/null)
    set -l fields (string split -m 2 \t -- $line)
    if test -n "$fields[1]"
      printf '%s\n' $line
    else if contains -- "$fields[2]" file directory
      # The path follows what stands before it in the word, such as `--config=`.
      set -l path (string sub -s (math (string length -- "$fields[3]") + 1) -- "$typed")
      set -l paths (__fish_complete_path "$path")
      test $fields[2] = directory; and set paths (__fish_complete_directories "$path" '')
      for path in $paths
        printf '%s\n' $fields[3]$path
      end
    end
  end
end

complete -c usher -f -k -a '(__usher_complete)'
