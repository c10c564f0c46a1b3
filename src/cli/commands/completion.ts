import { OffpeakError } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { completionScripts, shells } from './completion-scripts.ts'

const completion = command({
  name: 'completion',
  summary: 'a script that completes commands, jobs and runs',
  group: 'Project',
  arguments: [{ syntax: '<shell>', summary: 'bash, zsh or fish', choices: shells }],
  options: {},
  examples: [
    'source <(offpeak completion bash)',
    'source <(offpeak completion zsh)',
    'offpeak completion fish > ~/.config/fish/completions/offpeak.fish',
  ],
  notes: [
    'The script asks offpeak for what may come next: commands, options, the jobs of the project and its newest runs. The state is only read.',
  ],
  async run(context, [named = '']) {
    const shell = shells.find((name) => name === named)
    if (shell === undefined)
      throw new OffpeakError('E_USAGE', `there is no completion for ${named}`, {
        fix: `one of ${shells.join(', ')}`,
      })
    const script = completionScripts[shell]
    if (context.globals.json) context.printJson({ schema: 'offpeak.completion/2', shell, script })
    else context.print(script.trimEnd())
    return 0
  },
})
export { completion as command }
