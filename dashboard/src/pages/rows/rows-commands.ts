import { shellWord } from '../../../../src/wording/shell-word.ts'
import type { RowsSearch } from './rows-search.ts'

/** What the command line prints of the same records. */
export function listCommand(run: string, { outcome, reason, q, batch, answer, sort }: RowsSearch): string {
  const read = [
    ...(answer === undefined ? [] : [`--answer ${shellWord(answer)}`]),
    ...(sort === undefined ? [] : [`--sort ${shellWord(sort.replace(/^-/, ''))}`]),
    ...(sort?.startsWith('-') === true ? ['--desc'] : []),
  ].map((word) => ` ${word}`)
  const results = `offpeak results ${run}${read.join('')}`
  if (reason === undefined && q === undefined && batch === undefined) {
    if (outcome === undefined) return results
    if (outcome === 'merged') return `${results} --status ok`
  }
  const named = [
    ...(outcome === undefined ? [] : [`--status ${outcome}`]),
    ...(reason === undefined ? [] : [`--error ${shellWord(reason)}`]),
  ]
  if (
    read.length === 0 &&
    q === undefined &&
    batch === undefined &&
    outcome?.split(',').every(hasErrors) !== false
  )
    return ['offpeak errors', run, ...named].join(' ')
  const tests = [
    ...(outcome === undefined ? [] : [`(.outcome | IN(${outcome.split(',').map(quoted).join(', ')}))`]),
    ...(reason === undefined ? [] : [`(.reason // "" | contains(${quoted(reason)}))`]),
    ...(q === undefined ? [] : [`(.key | startswith(${quoted(q)}))`]),
    ...(batch === undefined ? [] : [`.batch == ${batch}`]),
  ]
  const fields = batch === undefined ? '' : ' --fields key,outcome,reason,output,batch'
  return `${results}${fields} | jq -c ${shellWord(`select(${tests.join(' and ')})`)}`
}

/** `errors` tells of everything that is neither written nor waited for. */
function hasErrors(outcome: string): boolean {
  return outcome !== 'merged' && outcome !== 'pending' && outcome !== 'held'
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
