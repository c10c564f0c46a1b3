/** The hidden command that a shell asks for what may come next. */
export const completeWord = '__complete'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/**
 * Completion scripts by shell: the words of the line so far go to the hidden command, whose lines are a candidate, a
 * tab and what it is. Where there is none, the shell offers its files.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# Completion of offpeak for bash. In ~/.bashrc: source <(offpeak completion bash)
_offpeak() {
  local line word
  COMPREPLY=()
  while IFS= read -r line; do
    word=\${line%%$'\\t'*}
    [[ -n $word && $word == "\${COMP_WORDS[COMP_CWORD]}"* ]] && COMPREPLY+=("$word")
  done < <("\${COMP_WORDS[0]}" ${completeWord} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _offpeak offpeak
`,
  zsh: `#compdef offpeak
# Completion of offpeak for zsh. In ~/.zshrc, after compinit: source <(offpeak completion zsh)
_offpeak() {
  local line
  local -a candidates
  for line in "\${(@f)$("\${words[1]}" ${completeWord} "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#candidates} )); then
    _describe 'offpeak' candidates
  else
    _files
  fi
}
compdef _offpeak offpeak
`,
  fish: `# Completion of offpeak for fish: offpeak completion fish > ~/.config/fish/completions/offpeak.fish
function __offpeak_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates ($words[1] ${completeWord} $words[2..-1] 2>/dev/null)
    if test (count $candidates) -gt 0
        printf '%s\\n' $candidates
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c offpeak -f -a '(__offpeak_complete)'
`,
}
