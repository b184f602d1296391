{#- What Postgres says against a segment's expression; none: nothing. Whatever it is, only
    one expression runs, on a few events, and writes nothing:
    - A cursor takes one query. What can be read in square brackets and in those of `cast`
      closes neither, so that it stands for itself there and in the models.
    - A check of a table takes no subquery, aggregate, window or set, and its stored form
      names the functions: a volatile one gives another value each time it is asked.
    - What else it may do, it does where nothing can be written, and all is taken back. -#}
{% macro default__segment_problem(name, expression) -%}
    {%- set trial -%}
    create or replace function pg_temp.problem_of(in_brackets text, value text, trial text)
    returns text language plpgsql as $problem$
    declare
        query refcursor;
        problem text;
        nulls bigint;
    begin
        open query for execute in_brackets;
        close query;
        open query for execute trial;
        close query;
        create temporary table events as {{ fast_dau.segment_trial_events() }} with no data;
        execute format('alter table pg_temp.events add check (%s is null)', value);
        select format('the function %s is volatile: it may give another value each time; '
            'declare it stable where that is not so', min(pg_proc.oid::regprocedure::text))
        into problem
        from pg_constraint, regexp_matches(conbin::text, ':(?:op)?funcid (\d+)', 'g') as ids
        join pg_proc on pg_proc.oid = ids[1]::oid and provolatile = 'v'
        where conrelid = 'pg_temp.events'::regclass
        having count(*) > 0;
        if problem is null then
            set local transaction_read_only = on;
            execute trial into nulls;
        end if;
        raise exception using message = coalesce(problem, ''), errcode = 'FD000';
    exception when others then
        return nullif(sqlerrm, '');
    end $problem$;
    select pg_temp.problem_of(
        {{ fast_dau.string_literals(["with events as (" ~ fast_dau.segment_trial_events()
            ~ ") select array[" ~ expression ~ "\n] from events"]) }},
        {{ fast_dau.string_literals([fast_dau.segment_value(expression)]) }},
        {{ fast_dau.string_literals([fast_dau.segment_trial(expression)]) }}
    )
    {%- endset -%}
    {{ return(run_query(trial).columns[0].values()[0]) }}
{%- endmacro %}
