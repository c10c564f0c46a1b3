import { expect, test } from 'vitest'
import { call, temporaryFolder } from '../project.ts'

test.each([
  [['results', 'notes', '--csv'], 'did you mean --format csv? offpeak results --help shows all'],
  [['results', 'notes', '--parquet'], 'did you mean --format parquet?'],
  [['run', 'notes', '--max-costs', '$1'], 'did you mean --max-cost?'],
  [['costs', '--by-day'], 'offpeak costs --help shows how it goes'],
  [['retry', 'notes', '--max_tokens', '400'], 'did you mean --max-tokens?'],
  [['serve', '--prot', '8000'], 'did you mean --port?'],
  [['--jsn'], 'did you mean --json? options come after a command'],
])('%j is answered with the option that was meant', async (argv, fix) => {
  using folder = temporaryFolder()
  const { exit, stderr } = await call(folder.path, ...argv)
  expect(exit).toBe(2)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(fix)
})
