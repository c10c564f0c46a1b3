import type { DeliveryMode } from '../../../../src/server/contract/outcome.ts'
import type { Selection } from '../../../../src/server/contract/plan.ts'
import { type ParamField, readParams } from './param-fields.ts'

/** Which records, and how they are sent, as it stands in the form. */
export interface SelectionRequest {
  readonly limit: string
  readonly only: string
  readonly redo: boolean
  readonly payAgain: boolean
  readonly keep: boolean
  readonly deliveryMode: DeliveryMode
  readonly deadline: string
}

export const firstWish: SelectionRequest = {
  limit: '',
  only: '',
  redo: false,
  payAgain: false,
  keep: false,
  deliveryMode: 'batch',
  deadline: '',
}

/** The form as a selection; what does not fit says why, by field. */
export function readWish(
  fields: readonly ParamField[],
  texts: Readonly<Record<string, string>>,
  { limit, only, redo, payAgain, keep, deliveryMode, deadline }: SelectionRequest,
): { readonly selection: Selection; readonly wrong: Readonly<Record<string, string>> } {
  const { params, wrong } = readParams(fields, texts)
  const keys = only
    .split(/[\n,]/)
    .map((key) => key.trim())
    .filter((key) => key !== '')
  const wrongs: Record<string, string> = { ...wrong }
  if (limit.trim() !== '' && !/^[1-9]\d*$/.test(limit.trim())) wrongs['limit'] = 'A whole number is needed'
  if (deadline.trim() !== '' && !/^(\d+(\.\d+)?(m|h|d))+$/.test(deadline.trim()))
    wrongs['deadline'] = 'A time reads like 20h or 90m'
  return {
    selection: {
      params: { ...params },
      limit: /^[1-9]\d*$/.test(limit.trim()) ? Number(limit.trim()) : null,
      only: keys.length === 0 ? null : keys,
      redo,
      ...(payAgain ? { payAgain } : {}),
      ...(keep ? { keep } : {}),
      ...(deliveryMode === 'batch' ? {} : { deliveryMode }),
      ...(deadline.trim() === '' ? {} : { deadline: deadline.trim() }),
    },
    wrong: wrongs,
  }
}
