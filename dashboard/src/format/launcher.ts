import { typedCommands } from '../../../src/wording/typed-commands.ts'

let launcher = 'offpeak'

/** Says what people type for `offpeak` where the server was started; the session tells it, once. */
export function setLauncher(typed: string): void {
  launcher = typed
}

/** Words that name commands, with each as it works where the server was started. */
export function asTypedHere(words: string): string {
  return typedCommands(words, launcher)
}
