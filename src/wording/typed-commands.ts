const named = /(?<![\w./@'"-]|npx |exec |yarn |bunx )offpeak (?=[a-z-])/g

/** Words that name commands of Offpeak, with each as it works here: `launcher` is what stands for `offpeak`. */
export function typedCommands(words: string, launcher: string): string {
  return launcher === 'offpeak' ? words : words.replaceAll(named, `${launcher} `)
}
