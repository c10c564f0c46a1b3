// Builds the site into .vitepress/dist: the pages of the repository as they are, and the API from its docstrings.
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const site = fileURLToPath(new URL('./', import.meta.url))
const root = join(site, '..')
const pages = join(site, 'pages')

rmSync(pages, { recursive: true, force: true })
for (const file of [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'dashboard/README.md',
  ...globSync(['docs/**/*.md', 'docs/screenshots/*.png', 'examples/*/README.md'], { cwd: root }),
]) {
  const target = join(pages, file).replace(/README\.md$/, 'index.md')
  mkdirSync(dirname(target), { recursive: true })
  if (!file.endsWith('.md')) cpSync(join(root, file), target)
  else writeFileSync(target, ofSite(readFileSync(join(root, file), 'utf8')))
}
// The files for deploying are read on a page each.
const deploy = readdirSync(join(root, 'docs/deploy'))
mkdirSync(join(pages, 'docs/deploy'))
for (const name of deploy) {
  const text = readFileSync(join(root, 'docs/deploy', name), 'utf8')
  const language = { '.yaml': 'yaml', '.ts': 'ts', '.service': 'ini' }[extname(name)] ?? 'sh'
  writeFileSync(
    join(pages, 'docs/deploy', `${name}.md`),
    `# ${name}\n\n[Deploying](../deploying.md) says how it is used.\n\n\`\`\`${language}\n${text}\`\`\`\n`,
  )
}
writeFileSync(
  join(pages, 'docs/deploy/index.md'),
  `# Files for deploying\n\n${deploy.map((name) => `- [${name}](./${name}.md)`).join('\n')}\n`,
)

run('typedoc', 'node_modules/typedoc/bin/typedoc', '--options', 'typedoc.json')
run('vitepress', 'node_modules/vitepress/bin/vitepress.js', 'build', '.')

const remote = globSync('.vitepress/dist/**/*.{html,css}', { cwd: site }).flatMap((file) => {
  const text = readFileSync(join(site, file), 'utf8')
  const loads =
    /(?:<(?:script|img|source|iframe)[^>]+(?:src|srcset)=|<link[^>]+href=|@import |url\()["']?(?:https?:)?\/\/[^"') >]+/g
  return (text.match(loads) ?? []).map((found) => `${file}: ${found}`)
})
if (remote.length > 0) {
  process.stderr.write(`The pages load something from elsewhere:\n${remote.join('\n')}\n`)
  process.exitCode = 1
} else process.stdout.write(`Built ${join(site, '.vitepress/dist')}\n`)

/** A page as the site takes it: the page of a folder is its index, and pictures are named from here. */
function ofSite(page) {
  return page
    .replaceAll(/(\]\([^)\s]*)README\.md/g, '$1index.md')
    .replaceAll(/\]\(deploy\/([^)]+)\)/g, '](deploy/$1.md)')
    .replaceAll(/ (src|srcset)="(?=\w)(?!https?:)/g, ' $1="./')
}

/** Runs a program of this folder; ends with its exit code when it fails. */
function run(name, program, ...words) {
  const { status } = spawnSync(process.execPath, [join(site, program), ...words], {
    cwd: site,
    stdio: 'inherit',
  })
  if (status === 0) return
  process.stderr.write(`${name} has failed${status === null ? '' : ` with ${status}`}\n`)
  process.exit(status ?? 1)
}
