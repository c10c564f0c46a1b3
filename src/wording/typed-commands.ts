const named = /(?<![\w./@'"-]|npx |exec |yarn |bunx )offpeak (?=[a-z-])/g

/** How others than npm install a package, by how they run one. */
const installers: Readonly<Record<string, string>> = {
  'pnpm exec': 'pnpm add',
  yarn: 'yarn add',
  bunx: 'bun add',
}

/**
 * Words that name commands of Offpeak, with each as it works here: `launcher` is what stands for `offpeak`, and tells which
 * package manager the project has.
 */
export function typedCommands(words: string, launcher: string): string {
  if (launcher === 'offpeak') return words
  const typed = words.replaceAll(named, `${launcher} `)
  const installer = Object.hasOwn(installers, launcher) ? installers[launcher] : undefined
  return installer === undefined ? typed : typed.replaceAll(/\bnpm install (?=[@a-z])/g, `${installer} `)
}
