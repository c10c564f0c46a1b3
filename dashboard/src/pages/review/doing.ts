/** What a person does with the record in sight. */
export type Doing = 'look' | 'edit' | 'reject'
