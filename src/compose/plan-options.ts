import type { PlanOptions } from '../engine/plan/plan.ts'
import type { Selection } from './selection.ts'

/** What a selection of a job is planned and started with; `asks`: its provider will be asked, which needs a key. */
export type PlanOptionsOf = (
  name: string,
  selection: Selection,
  how: { readonly asks: boolean; readonly model?: string | null },
) => Promise<PlanOptions & { readonly params: Selection['params']; readonly examples: readonly unknown[] }>
