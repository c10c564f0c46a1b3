import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { choiceFlag, yesFlag } from '../../wording/commands/flags.ts'
import { labelled } from '../screen/table.ts'
import { ignoredPaths, type NewFile, providerChoices } from '../templates/files.ts'
import { filesOf, packagesOf, templateNames, templates } from '../templates/templates.ts'
import { shellWord } from '../../wording/shell-word.ts'

const init = command({
  name: 'init',
  summary: 'write a config, a job and example data',
  group: 'Start',
  arguments: [{ syntax: '[dir]', summary: 'where to; this directory when left out' }],
  options: {
    template: choiceFlag('--template <name>', `${templateNames.join(', ')} (headnotes)`, templateNames),
    provider: choiceFlag('--provider <name>', `${providerChoices.join(', ')} (azure)`, providerChoices),
    yes: yesFlag('-y, --yes', 'never ask; init has no questions, so this changes nothing'),
  },
  examples: ['offpeak init', 'offpeak init my-project --provider openai', 'offpeak init --template blank'],
  notes: [
    'Files that exist are never overwritten: when one of them does, nothing is written. The emulator answers until `emulator: true` leaves offpeak.config.ts.',
  ],
  async run(context, [directory], options) {
    const { io, globals, paint, print } = context
    const cwd = resolve(io.cwd, globals.cwd)
    const dir = resolve(cwd, directory ?? '.')
    const template = options.template ?? 'headnotes'
    const provider = options.provider ?? 'azure'
    const files = filesOf(template, provider)
    await refuseToOverwrite(dir, files)
    for (const { path, text } of files) {
      await mkdir(dirname(join(dir, path)), { recursive: true })
      // `wx`: whoever was quicker keeps the file.
      await writeFile(join(dir, path), text, { flag: 'wx' })
    }
    const created = files.map(({ path, words }) => (words === null ? path : `${path} (${words})`))
    if (await writePackage(dir)) created.push('package.json')
    const added = await ignore(dir)
    if (globals.json)
      context.printJson({
        schema: 'offpeak.init/2',
        dir,
        template,
        provider,
        created: [
          ...files.map(({ path }) => path),
          ...(created.includes('package.json') ? ['package.json'] : []),
        ],
        ignored: added,
      })
    else
      print(
        labelled(
          [
            ['Created', created.join('\n')],
            added.length === 0 ? null : ['Ignored', `${added.join('  ')} in .gitignore`],
          ],
          paint,
        ),
      )
    const where = relative(cwd, dir)
    if (where !== '') context.next('Go to', `cd ${shellWord(where.startsWith('..') ? dir : where)}`)
    const packages = packagesOf(template, provider)
    if (packages.length > 0) context.next('Install', `npm install ${packages.join(' ')}`)
    context.next('Next', 'offpeak dev')
    for (const job of templates[template].jobs) context.next('', `offpeak plan ${job}`)
    context.next('', `offpeak run ${templates[template].jobs.join(' ')} --max-cost '$1'`)
    context.say(
      '  Answers are SIMULATED until `emulator: true` leaves offpeak.config.ts; then the key in .env pays for real ones.',
    )
    return 0
  },
})
export { init as command }

/** All or nothing. Throws E_USAGE with the list of what is in the way. */
async function refuseToOverwrite(dir: string, files: readonly NewFile[]): Promise<void> {
  const there: string[] = []
  for (const { path } of files) if (await exists(join(dir, path))) there.push(path)
  if (there.length === 0) return
  throw new OffpeakError(
    'E_USAGE',
    `${there.length === 1 ? 'a file is' : 'files are'} there already, and nothing is overwritten:\n${there.join('\n')}`,
    {
      where: dir,
      fix: 'choose another directory: offpeak init my-project',
    },
  )
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Job files are modules; a project that has a package.json has decided for itself. */
async function writePackage(dir: string): Promise<boolean> {
  const path = join(dir, 'package.json')
  if (await exists(path)) return false
  await writeFile(path, `${JSON.stringify({ private: true, type: 'module' }, null, 2)}\n`, { flag: 'wx' })
  return true
}

/** Adds what must not be committed to .gitignore; returns the lines that were missing. */
async function ignore(dir: string): Promise<readonly string[]> {
  const path = join(dir, '.gitignore')
  const text = await readFile(path, 'utf8').catch(() => '')
  const known = new Set(text.split(/\r?\n/).map((line) => line.trim()))
  const missing = ignoredPaths.filter((line) => !known.has(line))
  if (missing.length > 0)
    await writeFile(path, `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${missing.join('\n')}\n`)
  return missing
}
