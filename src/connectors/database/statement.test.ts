import { describe, expect, test } from 'vitest'
import { sql } from './sql.ts'
import { readStatement } from './statement.ts'

describe('readStatement', () => {
  test.each([
    [sql`select 1;`, 'select 1'],
    [sql`select 1 ; ; `, 'select 1'],
    [sql`select 1 -- the end;`, 'select 1'],
    [sql`select 1; /* a /* nested */ comment */`, 'select 1'],
    [sql`select ';' , "a;b" as "--x"`, `select ';' , "a;b" as "--x"`],
    [sql`select $$ ; -- $$ ;`, 'select $$ ; -- $$'],
    [sql`select $q$ $$;$$ $q$;`, 'select $q$ $$;$$ $q$'],
    [sql`select E'\\';' ;`, `select E'\\';'`],
    [sql`select 'it''s;' -- x`, `select 'it''s;'`],
    [sql`select * from t where a = ${1}; -- x`, 'select * from t where a = $1'],
  ])('finds the end of %j', (query, expected) => {
    expect(readStatement(query).query.text).toBe(expected)
  })

  test.each([
    [sql`select * from t order by id`, true],
    [
      sql`select * from t ORDER
      BY id desc`,
      true,
    ],
    [sql`select row_number() over (order by id) from t`, false],
    [sql`select * from (select * from t order by id) as q`, false],
    [sql`select 'order by' as "order by" from t -- order by id`, false],
    [sql`select order_by from t`, false],
  ])('tells whether %j orders its rows', (query, expected) => {
    expect(readStatement(query).ordered).toBe(expected)
  })

  test('refuses two statements and none', () => {
    expect(() => readStatement(sql`select 1; drop table cases`)).toThrow(/more than one statement/)
    expect(() => readStatement(sql` -- nothing`)).toThrow(/empty/)
  })
})
