/// Completion for fish 3.
func fishScript(_ name: String, _ cases: String) -> String {
  #"""
  # Completion of \#(name) for fish. Generated from the command definitions.

  function __\#(name)_at --no-scope-shadowing
    set at_commands
    set at_operands
    switch $argv[1]
  \#(cases)
    end
  end

  # The fields of the option of that flag: flags, form, excluding, values, unshown, help.
  function __\#(name)_option --no-scope-shadowing
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
  function __\#(name)_give --no-scope-shadowing
    __\#(name)_option $argv[1]
    set -a given $argv[1] (string split -n ' ' -- "$fields[1] $fields[5]")
  end

  # Candidates for a value: form, values, what stands before it in the same word, what was typed of it.
  function __\#(name)_values
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

  function __\#(name)_complete
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
    __\#(name)_at ''
    for word in $words[2..-1]
      if set -q expects[1]
        set expects
      else if not set -q ended[1]; and test "$word" = --
        set ended 1
      else if not set -q ended[1]; and string match -q -- '--*=*' $word
        __\#(name)_give (string replace -r '=.*' '' -- $word)
      else if not set -q ended[1]; and string match -q -- '--*' $word
        __\#(name)_give $word
        string match -q -- '*=' $fields[2]; and set expects $word
      else if not set -q ended[1]; and string match -q -- '-?*' $word
        set -l letters (string split '' -- (string sub -s 2 -- $word))
        while set -q letters[1]
          set -l flag -$letters[1]
          set -e letters[1]
          __\#(name)_give $flag
          if string match -q -- '*=' $fields[2]
            set -q letters[1]; or set expects $flag
            break
          end
        end
      else if test "$word" = help; and not set -q helping[1]; and set -q at_commands[1]
        set helping 1
      else if set -q at_commands[1]
        set -a place $word
        __\#(name)_at "$place"
      else
        set count (math $count + 1)
        set -l index (math "min($count, "(count $at_operands)")")
        test $index -gt 0; and set -a given (string replace -r '\|.*' '' -- $at_operands[$index])
      end
    end

    if set -q expects[1]
      __\#(name)_option $expects
      __\#(name)_values "$fields[2]" "$fields[4]" '' "$current"
    else if not set -q ended[1]; and string match -q -- '--*=*' $current
      if __\#(name)_option (string replace -r '=.*' '' -- $current)
        __\#(name)_values "$fields[2]" "$fields[4]" (string replace -r '=.*' '=' -- $current) (string replace -r '^[^=]*=' '' -- $current)
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
        __\#(name)_values '' "$fields[3]" '' "$current"
      end
    end
  end

  complete -c \#(name) -f -k -a '(__\#(name)_complete)'

  """#
}
