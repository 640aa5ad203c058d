// node-postgres through weir: simple and extended protocol, named statements, transactions, errors, a pool,
// and stream tables. Prints one JSON object per line: {"ok": name} or {"failed": name, "error": ...}.
'use strict';
const { Client, Pool } = require(process.env.PG_MODULE);
const assert = require('assert');

const where = { host: '127.0.0.1', port: +process.env.WEIR_PORT, database: process.env.WEIR_DB, user: 'app' };

const tests = {
  async types(c) {
    const r = await c.query('SELECT $1::int AS i, $2::text AS t, $3::jsonb AS j, $4::timestamptz AS d, $5::int[] AS a, NULL AS n',
      [7, 'ü', { a: 1 }, new Date(0), [1, 2]]);
    assert.deepStrictEqual(r.rows[0], { i: 7, t: 'ü', j: { a: 1 }, d: new Date(0), a: [1, 2], n: null });
  },
  async simple_script(c) {
    const r = await c.query('CREATE TABLE n1 (id int PRIMARY KEY, g int); INSERT INTO n1 VALUES (1, 1), (2, 1); SELECT count(*)::int AS n FROM n1');
    assert.deepStrictEqual(r.map((x) => x.command), ['CREATE', 'INSERT', 'SELECT']);
    assert.strictEqual(r[2].rows[0].n, 2);
  },
  async named_statement(c) {
    for (let i = 0; i < 3; i++) {
      const r = await c.query({ name: 'sum', text: 'SELECT $1::int + $2::int AS s', values: [i, 1] });
      assert.strictEqual(r.rows[0].s, i + 1);
    }
  },
  async error_then_go_on(c) {
    await assert.rejects(c.query('SELECT $1::int / 0', [1]), { code: '22012' });
    await assert.rejects(c.query('SELECT * FROM nowhere'), { code: '42P01', position: '15' });
    assert.strictEqual((await c.query('SELECT 1 AS one')).rows[0].one, 1);
  },
  async queued_queries(c) {
    const r = await Promise.all([1, 2, 3, 4, 5].map((i) => c.query('SELECT $1::int AS i', [i])));
    assert.deepStrictEqual(r.map((x) => x.rows[0].i), [1, 2, 3, 4, 5]);
  },
  async big_values(c) {
    const text = 'x'.repeat(3000000);
    assert.strictEqual((await c.query('SELECT length($1) AS n', [text])).rows[0].n, 3000000);
    assert.strictEqual((await c.query('SELECT repeat($1, 3000000) AS t', ['y'])).rows[0].t.length, 3000000);
  },
  async stream_table_statement(c) {
    await c.query("CREATE STREAM TABLE ns WITH (schedule = '1h') AS SELECT g, count(*) AS n FROM n1 GROUP BY g");
    await c.query('INSERT INTO n1 VALUES ($1, $2)', [3, 2]);
    await c.query('REFRESH STREAM TABLE ns');
    assert.deepStrictEqual((await c.query('SELECT g, n::int FROM ns ORDER BY g')).rows, [{ g: 1, n: 2 }, { g: 2, n: 1 }]);
    await c.query('DROP STREAM TABLE ns');
    await assert.rejects(c.query('SELECT * FROM ns'), { code: '42P01' });
  },
  async stream_table_bind_parameters(c) {
    await c.query('BEGIN');
    await c.query('SELECT pgtrickle.create_stream_table($1, $2, schedule => $3)', ['ns', 'SELECT sum(id) AS s FROM n1', '1h']);
    assert.strictEqual(+(await c.query('SELECT s FROM ns')).rows[0].s, 6);
    await c.query('ROLLBACK');
    await assert.rejects(c.query('SELECT * FROM ns'), { code: '42P01' });
    await c.query({ name: 'mk', text: 'SELECT pgtrickle.create_stream_table($1::text, $2::text, $3::text)', values: ['ns', 'SELECT sum(id) AS s FROM n1', '1h'] });
    await c.query('DELETE FROM n1 WHERE id = $1', [1]);
    await c.query({ name: 'rf', text: 'SELECT pgtrickle.refresh_stream_table($1::text)', values: ['ns'] });
    assert.strictEqual(+(await c.query('SELECT s FROM ns')).rows[0].s, 5);
    await c.query('SELECT pgtrickle.drop_stream_table($1)', ['ns']);
  },
  async stream_table_error(c) {
    const sql = 'CREATE STREAM TABLE ns AS SELECT missing FROM n1';
    await assert.rejects(c.query(sql), { code: '42703', position: String(sql.indexOf('missing') + 1) });
    await assert.rejects(c.query({ text: sql, values: [] , name: 'bad' }), { code: '42703' });
    assert.strictEqual((await c.query('SELECT 1 AS one')).rows[0].one, 1);
  },
  async notices(c) {
    const heard = [];
    c.on('notice', (n) => heard.push(n.message));
    await c.query("CREATE STREAM TABLE nd WITH (schedule = '1h') AS SELECT random() AS r FROM n1");
    assert(heard.some((m) => /random/.test(m)), JSON.stringify(heard));
    await c.query('DROP STREAM TABLE nd');
  },
  async pool() {
    const pool = new Pool({ ...where, max: 10 });
    const r = await Promise.all(Array.from({ length: 100 }, (_, i) => pool.query('SELECT $1::int AS i, pg_backend_pid() AS pid', [i])));
    assert.deepStrictEqual(r.map((x) => x.rows[0].i), Array.from({ length: 100 }, (_, i) => i));
    await pool.end();
  },
};

(async () => {
  let failed = 0;
  const c = new Client(where);
  await c.connect();
  for (const [name, f] of Object.entries(tests)) {
    try {
      await Promise.race([f(c), new Promise((_, no) => setTimeout(() => no(new Error('no answer in 20 s')), 20000).unref())]);
      console.log(JSON.stringify({ ok: name }));
    } catch (e) {
      failed++;
      console.log(JSON.stringify({ failed: name, error: String(e && e.stack || e).slice(0, 1500) }));
    }
  }
  await c.end();
  process.exit(failed ? 1 : 0);
})().catch((e) => { console.log(JSON.stringify({ failed: 'connect', error: String(e) })); process.exit(1); });
