import { existsSync } from 'node:fs'
import { openProject } from '../../src/compose/open-project.ts'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as offpeak from '../../src/index.ts'
import { runCli } from '../cli/child.ts'
import { temporaryFolder, write } from '../cli/project.ts'

const job = (version: string): string => `import { defineJob, env, jsonl, openai } from 'offpeak'
export default defineJob({
  name: 'notes',
  version: ${version},
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  model: openai('gpt-4o-mini'),
  maxTokens: 10,
  prompt: ({ row }) => String(row.id),
  to: { jsonl: 'out.jsonl' },
})
`

async function project(dir: string, name: string, version = "env('WHO')"): Promise<void> {
  await write(dir, {
    '.env.local': `WHO=${name}\nOPENAI_API_KEY=sk-${name}\n`,
    '.env': `WHO=nobody\nDATABASE_URL=pglite:data-of-${name}\nOFFPEAK_STATE=state-of-${name}.db\n`,
    'offpeak.config.ts':
      "import { env } from 'offpeak'\nexport default { files: `files-of-${env('WHO')}` }\n",
    'jobs/notes.job.ts': job(version),
    'notes.jsonl': '{"id":1}\n',
  })
}

describe('two projects that are open in one process', () => {
  test('have each their own key, database, state, files and values, and leave the process as it was', async () => {
    using folder = temporaryFolder()
    const [here, there] = [join(folder.path, 'here'), join(folder.path, 'there')]
    await project(here, 'here')
    await project(there, 'there')
    const before = JSON.stringify(process.env)
    await using one = await openProject({ cwd: here, modules: { offpeak } })
    await using two = await openProject({ cwd: there, modules: { offpeak } })
    for (const [name, { config, job, provider }] of Object.entries({ here: one, there: two })) {
      expect(config.environment.get('OPENAI_API_KEY')).toBe(`sk-${name}`)
      expect(config.databaseUrl).toBe(`pglite:data-of-${name}`)
      expect(config.state).toBe(join(folder.path, name, `state-of-${name}.db`))
      expect(config.filesDir).toBe(join(folder.path, name, `files-of-${name}`))
      expect((await job('notes')).job.version).toBe(name)
      expect((await provider('notes')).account).not.toBe('')
      expect(existsSync(config.state)).toBe(true)
    }
    expect((await one.provider('notes')).account).not.toBe((await two.provider('notes')).account)
    expect(JSON.stringify(process.env)).toBe(before)
  })
})

describe('the command line, whose process is for one project,', () => {
  test('lets job files read `.env` in process.env; what the shell has set wins', async () => {
    using folder = temporaryFolder()
    await project(folder.path, 'file', "(console.error(`WHO is ${process.env.WHO}`), '1')")
    expect((await runCli(folder.path, ['jobs'])).stderr).toContain('WHO is file')
    expect((await runCli(folder.path, ['jobs'], { WHO: 'shell' })).stderr).toContain('WHO is shell')
  })
})

describe('the environment files', () => {
  test('are looked for up to the top of the workspace, the nearest first', async () => {
    using folder = temporaryFolder()
    await write(folder.path, {
      '.env': 'OPENAI_API_KEY=sk-outside\n',
      'top/pnpm-workspace.yaml': 'packages: [apps/*]\n',
      'top/.env': 'OPENAI_API_KEY=sk-top\nOPENAI_PROJECT_ID=proj-top\n',
      'top/apps/one/package.json': '{}',
      'top/apps/one/.env': 'OPENAI_API_KEY=sk-one\n',
      'alone/package.json': '{}',
      'alone/jobs/notes.job.ts': job("'1'"),
      'alone/notes.jsonl': '{"id":1}\n',
    })
    await using one = await openProject({
      cwd: join(folder.path, 'top/apps/one'),
      modules: { offpeak },
    })
    expect(one.config.environment.get('OPENAI_API_KEY')).toBe('sk-one')
    expect(one.config.environment.get('OPENAI_PROJECT_ID')).toBe('proj-top')
    await using alone = await openProject({ cwd: join(folder.path, 'alone'), modules: { offpeak } })
    expect(alone.config.environment.get('OPENAI_API_KEY')).toBeNull()
    await expect(alone.provider('notes')).rejects.toThrow(
      expect.objectContaining({
        where: expect.stringContaining(`there is no .env in ${join(folder.path, 'alone')}`),
      }),
    )
  })
})
