/** What something means for whoever looks; each has a colour, and never the colour alone. */
export type Tone = 'plain' | 'faint' | 'accent' | 'good' | 'warn' | 'bad'
