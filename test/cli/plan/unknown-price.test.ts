import { expect, test } from 'vitest'
import { notesProject } from '../notes-project.ts'
import { call, temporaryFolder } from '../project.ts'

const figures = '{ input: 0.075, output: 0.3 }'

/** A project whose deployment no table knows. */
async function project(dir: string, model: string, config = ''): Promise<void> {
  await notesProject(dir, { records: 2, model, config })
}

test('a price that is not known is asked for by name and without figures, and the advice works when it is followed', async () => {
  using folder = temporaryFolder()
  await project(folder.path, "azure('our-summaries')")
  const refused = await call(folder.path, 'run', 'notes', '--yes')
  expect(refused.exit).toBe(2)
  const words = refused.stderr.replaceAll(/\s+/g, ' ')
  expect(words).toContain("azure('our-summaries', { model: '…' }) names the model behind it")
  expect(words).toContain("prices: { 'our-summaries': { batch: { input: …, output: … } } }")
  expect(words, 'nobody but the reader knows a figure').not.toMatch(/0\.\d+/)
  expect(words).not.toContain('pricedAs')

  await project(folder.path, "azure('our-summaries', { model: 'gpt-4o-mini' })")
  expect((await call(folder.path, 'plan', 'notes', '--redo')).stdout).toMatch(/at most/)

  await project(folder.path, "azure('our-summaries')", `prices: { 'our-summaries': { batch: ${figures} } }`)
  const ran = await call(folder.path, 'run', 'notes', '--yes')
  expect(ran.exit, ran.stderr).toBe(0)
})

test('a price of one’s own is found by the name of the deployment and by that of its model', async () => {
  using folder = temporaryFolder()
  const model = "azure('our-summaries', { model: 'a-model-of-ours' })"
  for (const name of ['our-summaries', 'a-model-of-ours']) {
    await project(folder.path, model, `prices: { '${name}': { batch: ${figures} } }`)
    const checked = await call(folder.path, 'prices', '--check')
    expect(checked.exit, checked.stdout + checked.stderr).toBe(0)
  }
})

test('where fewer records than a batch needs go in real time, the advice names both prices, and works', async () => {
  using folder = temporaryFolder()
  const model = 'global.anthropic.claude-sonnet-4-5-20250929-v1:0'
  const options =
    "{ roleArn: 'arn:aws:iam::123456789012:role/batches', bucket: 'a-bucket', region: 'eu-west-1' }"
  const asked = `bedrock('${model}', ${options})`
  await project(folder.path, asked)
  const advice = `prices: { '${model}': { batch: { input: …, output: … }, realtime: { input: …, output: … } } }`
  const plan = await call(folder.path, 'plan', 'notes')
  expect(plan.stdout.replaceAll(/\s+/g, ' ')).toContain(advice)
  const refused = await call(folder.path, 'run', 'notes', '--yes')
  expect(refused.exit).toBe(2)
  expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain(advice)

  const prices = advice.replaceAll('{ input: …, output: … }', '{ input: 3, output: 15 }')
  await project(folder.path, asked, prices)
  const ran = await call(folder.path, 'run', 'notes', '--yes')
  expect(ran.exit, ran.stderr).toBe(0)
})
