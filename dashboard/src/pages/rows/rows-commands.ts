import { shellWord } from '../../format/shell-word.ts'
import type { RowsSearch } from './rows-route.ts'

/** What the command line prints of the same records. */
export function listCommand(run: string, { outcome, reason, q, batch }: RowsSearch): string {
  if (reason === undefined && q === undefined && batch === undefined) {
    if (outcome === undefined) return `offpeak results ${run}`
    if (outcome === 'merged') return `offpeak results ${run} --status ok`
  }
  const named = [
    ...(outcome === undefined ? [] : [`--status ${outcome}`]),
    ...(reason === undefined ? [] : [`--error ${shellWord(reason)}`]),
  ]
  if (q === undefined && batch === undefined && outcome?.split(',').every(hasErrors) !== false)
    return ['offpeak errors', run, ...named].join(' ')
  const tests = [
    ...(outcome === undefined ? [] : [`(.outcome | IN(${outcome.split(',').map(quoted).join(', ')}))`]),
    ...(reason === undefined ? [] : [`(.reason // "" | contains(${quoted(reason)}))`]),
    ...(q === undefined ? [] : [`(.key | startswith(${quoted(q)}))`]),
    ...(batch === undefined ? [] : [`.batch == ${batch}`]),
  ]
  const fields = batch === undefined ? '' : ' --fields key,outcome,reason,output,batch'
  return `offpeak results ${run}${fields} | jq -c ${shellWord(`select(${tests.join(' and ')})`)}`
}

/** `errors` tells of everything that is neither written nor waited for. */
function hasErrors(outcome: string): boolean {
  return outcome !== 'merged' && outcome !== 'pending' && outcome !== 'held'
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
