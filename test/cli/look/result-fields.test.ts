import { expect, test } from 'vitest'
import { notesProject } from '../notes-project.ts'
import { call, temporaryFolder } from '../project.ts'

test('a part of the output that no output has is told, and one that some have is not', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 2 })
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(0)
  const said = async (...words: readonly string[]): Promise<string> =>
    (await call(folder.path, 'results', 'notes', ...words)).stderr.replaceAll(/\s+/g, ' ')
  const words = 'No output has a field sumary. Did you mean summary? The outputs have: summary.'
  for (const format of ['jsonl', 'csv'])
    expect(await said('--fields', 'key,output.sumary', '--format', format)).toContain(words)
  expect(await said('--fields', 'key,output.sumary', '-o', 'r.parquet')).toContain(words)
  expect(await said('--sort', 'output.sumary')).toContain(words)
  expect(await said('--fields', 'key,output.summary')).not.toContain('No output')
})
