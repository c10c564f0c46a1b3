const named =
  /(?<![\w./@'"-]|npx |exec |yarn |bunx )offpeak (?!--(?:config|env-file|cwd|emulator)\b)(?=([a-z-]+))/g

/** Commands that ask nothing of a project's state. */
const ofNoState: ReadonlySet<string> = new Set(['init', 'dev', 'emulator', 'completion'])

/** How others than npm install a package, by how they run one. */
const installers: Readonly<Record<string, string>> = {
  'pnpm exec': 'pnpm add',
  yarn: 'yarn add',
  bunx: 'bun add',
}

/**
 * Words that name commands of Offpeak, with each as it works here: `launcher` is what stands for `offpeak`, and tells which
 * package manager the project has; `options` say which project and whose answers, as in `--emulator`. Words that have
 * been through here come out the same.
 */
export function typedCommands(words: string, launcher: string, options: string = ''): string {
  if (launcher === 'offpeak' && options === '') return words
  const typed = words.replaceAll(named, (_, verb: string) =>
    options === '' || ofNoState.has(verb) ? `${launcher} ` : `${launcher} ${options} `,
  )
  const installer = Object.hasOwn(installers, launcher) ? installers[launcher] : undefined
  return installer === undefined ? typed : typed.replaceAll(/\bnpm install (?=[@a-z])/g, `${installer} `)
}
