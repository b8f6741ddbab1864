/// Statements that the server plans, as they stand in pg_stat_statements, in logs and in programs.
enum StatementLibrary {
  static let tables = """
    CREATE TYPE mood AS ENUM ('a', 'b');
    CREATE TYPE "My Type" AS ENUM ('x');
    CREATE DOMAIN posint AS int CHECK (value > 0);
    CREATE TABLE t (id bigint PRIMARY KEY, m mood, w "My Type", d date, at timestamptz, n numeric(10,2), s varchar(20), j jsonb,
      a int[], u uuid, iv interval, b bytea, tm time);
    CREATE TABLE small (id int, flag boolean);
    INSERT INTO t (id, d, at, n, s, m) SELECT i, '2024-01-01'::date + i % 300, now(), i,
      CASE WHEN i % 100 = 0 THEN 'rare' ELSE 'common' END, 'a' FROM generate_series(1, 5000) i;
    ANALYZE t;
    CREATE TABLE sale (at date, v int) PARTITION BY RANGE (at);
    CREATE TABLE sale_1 PARTITION OF sale FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
    CREATE TABLE sale_2 PARTITION OF sale FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
    CREATE MATERIALIZED VIEW mv AS SELECT s, count(*) FROM t GROUP BY s;
    CREATE FUNCTION pick(mood, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION pick(uuid, int) RETURNS int LANGUAGE sql AS 'SELECT 2';
    """

  static let planned = #"""
    SELECT * FROM t WHERE d + $1 > d
    SELECT * FROM generate_series($1,$2)
    SELECT * FROM generate_series($1,$2,$3)
    SELECT * FROM t WHERE id = $1 + $2
    SELECT sum(CASE WHEN s = $1 THEN $2 ELSE $3 END) FROM t
    SELECT $1 + $2
    SELECT $1
    SELECT $1 IS NULL
    SELECT id FROM t WHERE id = ANY (ARRAY[$1, $2])
    SELECT * FROM t WHERE n > numeric(10,2) $1
    SELECT * FROM t WHERE n > double precision $1
    SELECT * FROM t WHERE d > pg_catalog.date $1
    SELECT * FROM t WHERE m = mood $1
    SELECT * FROM t WHERE w = "My Type" $1
    SELECT * FROM t WHERE s = N$1
    SELECT * FROM t WHERE at > timestamp(3) with time zone $1
    SELECT * FROM t WHERE at > now() - interval $1 day
    SELECT * FROM t WHERE at > now() - interval(3) $1
    SELECT * FROM t WHERE at > now() - interval $1 second(3)
    SELECT * FROM t WHERE id = posint $1
    SELECT date_trunc($1, at), count(*) FROM t GROUP BY date_trunc($2, at)
    SELECT date_trunc($1, at), count(*) FROM t GROUP BY date_trunc($2, at) HAVING count(*) > $3 ORDER BY date_trunc($4, at) DESC
    SELECT DISTINCT id + $1 FROM t ORDER BY id + $2
    SELECT CASE WHEN id > $1 THEN $2 ELSE $3 END, count(*) FROM t GROUP BY CASE WHEN id > $4 THEN $5 ELSE $6 END
    SELECT date_trunc($1, at), s, count(*) FROM t GROUP BY ROLLUP (date_trunc($2, at), s)
    SELECT extract($1 FROM at), count(*) FROM t GROUP BY extract($2 FROM at)
    SELECT * FROM t LIMIT $1 OFFSET $2
    SELECT * FROM t ORDER BY id FETCH FIRST $1 ROWS ONLY
    SELECT * FROM t WHERE id IN ($1 /*, ... */)
    SELECT * FROM sale WHERE at = $1
    SELECT * FROM sale WHERE at BETWEEN $1 AND $2 ORDER BY v LIMIT $3
    CREATE TABLE x AS SELECT * FROM t WHERE id = 5
    CREATE TEMP TABLE IF NOT EXISTS x ON COMMIT DROP AS SELECT * FROM t WITH NO DATA
    CREATE MATERIALIZED VIEW x AS SELECT * FROM t WHERE id = $1 WITH NO DATA
    CREATE OR REPLACE VIEW x AS SELECT * FROM t
    CREATE RECURSIVE VIEW x (n) AS VALUES (1) UNION ALL SELECT n+1 FROM x WHERE n < 100
    COPY (SELECT * FROM t WHERE id = $1) TO STDOUT WITH CSV
    DECLARE c CURSOR FOR SELECT * FROM t WHERE id > $1
    DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT * FROM t
    PREPARE p (int, numeric(10,2)) AS SELECT * FROM t WHERE id = $1 AND n > $2
    PREPARE p AS SELECT * FROM t WHERE id = $1
    REFRESH MATERIALIZED VIEW mv
    REFRESH MATERIALIZED VIEW CONCURRENTLY public.mv WITH DATA
    EXPLAIN SELECT * FROM t
    EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM t WHERE id = $1
    EXPLAIN ANALYZE VERBOSE DELETE FROM t
    EXPLAIN CREATE TABLE y AS SELECT 1
    SELECT * INTO x FROM t
    SELECT * INTO TEMP TABLE x FROM t WHERE id = $1
    INSERT INTO t (id, m) VALUES ($1, $2)
    INSERT INTO t (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET n = t.n + $2
    UPDATE t SET d = d + $1, n = n * $2 WHERE id = $3
    DELETE FROM t USING small WHERE t.id = small.id AND flag = $1
    MERGE INTO t USING small s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = $1 WHEN NOT MATCHED THEN INSERT (id) VALUES ($2)
    VALUES ($1, $2), ($3, $4)
    TABLE t
    SELECT substring(s FROM $1 FOR $2) FROM t
    SELECT substring(s FROM $1) FROM t
    SELECT trim(both $1 from s), position($2 in s), overlay(s placing $3 from $4 for $5) FROM t
    SELECT * FROM t WHERE j @> $1 AND j ? $2 AND j ->> $3 = $4 AND j #>> $5 = $6
    SELECT * FROM t WHERE a[$1] = $2 AND a[$3:$4] = $5
    SELECT * FROM t WHERE a && $1 AND $2 = ANY (a) AND a @> ARRAY[$3]
    SELECT * FROM t WHERE at AT TIME ZONE $1 > $2
    SELECT * FROM t WHERE (d, id) > ($1, $2)
    SELECT * FROM t WHERE s LIKE $1 ESCAPE $2 OR s SIMILAR TO $3 OR s ~ $4
    SELECT coalesce(n, $1), nullif(id, $2), greatest(id, $3), round(n, $4), round($5, $6) FROM t
    SELECT lag(n, $1, $2) OVER (PARTITION BY s ORDER BY id ROWS $3 PRECEDING) FROM t
    SELECT sum(n) OVER (ORDER BY d RANGE BETWEEN $1 PRECEDING AND CURRENT ROW) FROM t
    SELECT * FROM t TABLESAMPLE BERNOULLI ($1) REPEATABLE ($2)
    SELECT string_agg(s, $1 ORDER BY id) FILTER (WHERE id > $2) FROM t
    SELECT percentile_cont($1) WITHIN GROUP (ORDER BY n) FROM t
    SELECT pick($1, $2)
    SELECT d - $1, d - $2 * $3, at - d, iv * $4 FROM t
    SELECT $1 || s || $2, $3 || $4 FROM t
    SELECT abs($1), -$2, @ $3, $4 % $5, sqrt($6), power($7, $8)
    SELECT sum($1), avg($2), max($3), min($4), count($5) FROM t
    SELECT to_char($1, $2), to_char(at, $3), to_date($4, $5) FROM t
    SELECT * FROM t WHERE tm BETWEEN time $1 AND time(0) $2
    SELECT * FROM t WHERE u = uuid $1 OR b = bytea $2
    SELECT bit(3) $1, bit varying(5) $2, character varying(10) $3, char(3) $4, "char" $5, national character varying(3) $6
    SELECT * FROM unnest($1::int[], $2::text[]) AS x(a, b)
    SELECT * FROM json_to_recordset($1) AS x(a int)
    SELECT * FROM xmltable($1 PASSING xml $2 COLUMNS x int PATH $3)
    WITH RECURSIVE r AS (SELECT $1 AS n UNION ALL SELECT n + $2 FROM r WHERE n < $3) SELECT * FROM r
    SELECT * FROM t WHERE id = (SELECT max(id) - $1 FROM t)
    SELECT * FROM t WHERE EXISTS (SELECT $1 FROM small WHERE id = t.id)
    SELECT * FROM t WHERE s IN ($1, $2, $3) AND id NOT IN ($4, $5) AND m IN ($6, $7)
    SELECT (SELECT $1), ARRAY[$2, $3], ROW($4, $5)
    SELECT width_bucket(n, $1, $2, $3), ntile($4) OVER (ORDER BY id) FROM t
    SELECT make_interval(days => $1), make_date($2, $3, $4), age(at, $5) FROM t
    SELECT age($1), date_part($2, $3), extract($4 FROM $5), justify_days($6)
    SELECT * FROM t WHERE at BETWEEN $1 AND $1 + $2
    SELECT * FROM t WHERE at > $1 - $2
    SELECT * FROM t WHERE at > $1::timestamptz - $2 * interval $3
    SELECT floor(extract($1 FROM at) / $2) * $3, count(*) FROM t GROUP BY floor(extract($4 FROM at) / $5) * $6
    SELECT to_timestamp(floor(extract($1 FROM at) / $2) * $3), count(*) FROM t GROUP BY $4::int, to_timestamp(floor(extract($5 FROM at) / $6) * $7)
    SELECT CASE m WHEN $1 THEN $2 WHEN $3 THEN $4 END FROM t
    SELECT max(CASE WHEN id = $1 THEN $2 END) - min(CASE WHEN id = $3 THEN $4 END) FROM t
    SELECT $1 = $2, $3 < $4, $5 BETWEEN $6 AND $7
    SELECT * FROM t FULL JOIN small ON t.id = small.id WHERE coalesce(t.id, small.id) > $1
    SELECT * FROM t WHERE s COLLATE "C" < $1 FOR UPDATE SKIP LOCKED
    SELECT jsonb_build_object($1, id, $2, s), jsonb_path_query(j, $3) FROM t
    SELECT * FROM t, LATERAL (SELECT generate_series($1, id) LIMIT $2) g
    SELECT count(*) FROM t GROUP BY GROUPING SETS ((date_trunc($1, at)), ())
    SELECT int4range($1, $2), numrange($3, $4, $5), daterange($6, $7) @> d FROM t
    SELECT * FROM t WHERE (at, at) OVERLAPS ($1, $2)
    SELECT * FROM t WHERE at + $1 * ($2 + $3) > now()
    """#.split(separator: "\n").map(String.init)
}
