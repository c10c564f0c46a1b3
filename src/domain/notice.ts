/** Types of notices that a project sends about its runs. */
export const noticeTypes = [
  'run.planned',
  'run.submitted',
  'run.progress',
  'run.paused',
  'run.completed',
  'run.failed',
  'budget.reached',
  'batch.expired',
] as const

export type NoticeType = (typeof noticeTypes)[number]
