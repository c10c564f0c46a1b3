/** A way of saying something that the documents and screens have left, and what they say instead. */
export interface OldWord {
  readonly pattern: RegExp
  readonly instead: string
}

/** One word for one thing, the field's own where it has one; docs/glossary.md says what each of these means. */
export const oldWords: readonly OldWord[] = [
  { pattern: /\bmend(s|ed|ing)?\b/i, instead: 'fix' },
  { pattern: /\bastray\b|\bstray batch/i, instead: 'orphaned' },
  { pattern: /\bgo(es)? on behind\b/i, instead: 'resumes after' },
  { pattern: /\blets? go of\b|\blets go\b/i, instead: 'detaches' },
  { pattern: /\b(is|are|be|was|were) taken up\b/i, instead: 'attached, resumed' },
  { pattern: /\b(most|least|every|for|print|after|than) so many\b|^so many\b/i, instead: 'N' },
  { pattern: /\bturned (the answer )?down\b/i, instead: 'declined' },
  { pattern: /\brehears(e|es|ed|ing)\b/i, instead: 'dry run' },
  { pattern: /\bended early\b/i, instead: 'expired, incomplete' },
  { pattern: /\bin doubt\b/i, instead: 'unconfirmed' },
  { pattern: /\blineage\b/i, instead: 'project id' },
  { pattern: /\basked twice\b/i, instead: 'duplicate requests' },
  { pattern: /\bwants? a look\b|\bneeds? you\b/i, instead: 'needs attention' },
  { pattern: /^Such as\b/, instead: 'Examples' },
  { pattern: /\ball is well\b/i, instead: 'all checks passed' },
  { pattern: /\bwait(s|ing)? for room\b/i, instead: 'waiting for budget' },
  { pattern: /\btold in the description/i, instead: 'moved to the field description (not enforced)' },
  { pattern: /\bmay admin\b/i, instead: 'admin' },
  { pattern: /\bsent again, round\b/i, instead: 'retry' },
  { pattern: /\bword about (the )?money\b/i, instead: 'cost note' },
  { pattern: /\bOpenAI's word\b/i, instead: 'notification' },
  { pattern: /\bpromised within\b/i, instead: 'completion window' },
  { pattern: /\blanes?\b/i, instead: 'delivery mode' },
  { pattern: /\brefusal teaches\b/i, instead: 'learned from the first rejection' },
]
