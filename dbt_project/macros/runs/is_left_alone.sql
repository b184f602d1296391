{#- Whether this run can change nothing in a model's table. That is proven where
    - its rows are made of other tables of the rollup alone, whatever the clock shows (meta
      `is_made_of_tables`), and so were last time, with the same variables and columns;
    - none of these, nor the table itself, was changed since: all are still in `built_with`;
    - the run looks at no day but those that every run looks at (`refresh_reason`): no day
      is new, none was erased or left by a run that stopped. -#}
{% macro is_left_alone() -%}
    {%- if not config.meta_get('is_made_of_tables') or fast_dau.run_kind() != 'incremental'
        or fast_dau.rebuild_scope() != 'refresh_days' -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set state, tables = fast_dau.state_once(), [model.name] -%}
    {%- for unique_id in model.depends_on.nodes
        if unique_id not in [fast_dau.refresh_days_id(), 'model.fast_dau.erased_counts'] -%}
        {%- do tables.append(graph.nodes.get(unique_id, {}).get('name')) -%}
    {%- endfor -%}
    {{ return(
        state.columns | sort == model.columns | sort
        and not (state.reasons or []) | reject('in', ['open', 'lookback']) | list
        and not tables | reject('in', state.built_with) | list
    ) }}
{%- endmacro %}


{#- A statement: notes, in the transaction that changes a model's table, that what is made of
    it is no longer what its rows are. Of refresh_days nothing is made but which days a run
    looks at. -#}
{% macro note_change() -%}
    update {{ fast_dau.rollup_state() }} set built_with = built_with - '{{ model.name }}'
    where built_with ? '{{ model.name }}' and '{{ model.name }}' <> 'refresh_days'
{%- endmacro %}
