const named = /(?<![\w./@'"-]|npx |exec |yarn |bunx )offpeak (?=[a-z-])/g

let launcher = 'offpeak'

/** Says what people type for `offpeak` where the server was started; the session tells it, once. */
export function setLauncher(typed: string): void {
  launcher = typed
}

/** Words that name commands, with each as it works where the server was started. */
export function typedCommands(words: string): string {
  return launcher === 'offpeak' ? words : words.replaceAll(named, `${launcher} `)
}
