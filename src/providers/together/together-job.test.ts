import { expect, test } from 'vitest'
import { readTogetherJob } from './together-job.ts'

const job = {
  id: 'batch-1',
  input_file_id: 'file-1',
  status: 'FAILED',
  progress: 40,
  created_at: '2026-11-30T10:00:00Z',
  job_deadline: '2026-12-01T10:00:00Z',
  error: 'Line 3: the model is not known',
}

test('a job is a batch, alone or within the answer to its creation: it counts nothing and says one text', () => {
  const read = {
    id: 'batch-1',
    state: 'failed',
    staged: 'file-1',
    outputPart: null,
    errorPart: null,
    createdAtMs: Date.UTC(2026, 10, 30, 10),
    expiresAtMs: Date.UTC(2026, 11, 1, 10),
    counts: null,
    usage: null,
    metadata: {},
    errors: [{ code: '', message: 'Line 3: the model is not known', line: null }],
  }
  expect(readTogetherJob(job)).toEqual(read)
  expect(readTogetherJob({ job, warning: 'slow today' })).toEqual(read)
})

test('a job without an error has none, and what has no id is no job', () => {
  const { error: _error, ...fine } = job
  expect(readTogetherJob({ ...fine, status: 'IN_PROGRESS' })).toMatchObject({
    state: 'in_progress',
    errors: [],
  })
  expect(readTogetherJob({ job: {} })).toBeNull()
})
