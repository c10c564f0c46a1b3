/** Why a record whose key another one has already cannot be used: its answer could go to either. */
export const repeatedKey =
  'a record with this key came before; keys must be unique: choose another `key` for the source'
