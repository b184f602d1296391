{#- Refuses a model of `replace_days` that does not say what its rows follow, or asks for a
    constraint that would not be kept. -#}
{% macro check_configuration() -%}
    {%- set meta = config.get('meta') or {} -%}
    {%- if 'influence_days' not in meta -%}
        {%- do fast_dau.refuse_model("it has no meta `influence_days`, for how many days after a day "
            ~ "that changed its rows change too: set it to a number, 0 included, or to null "
            ~ "where rows are of no days") -%}
    {%- elif meta.get('grain') not in [none, 'user', 'cohort'] -%}
        {%- do fast_dau.refuse_model("its meta `grain` is " ~ meta.grain
            ~ ", not user or cohort") -%}
    {%- elif meta.get('moves_with', []) | reject('in', ['first', 'last']) | list -%}
        {%- do fast_dau.refuse_model("its meta `moves_with` is " ~ meta.moves_with
            ~ ", not a list of first and last") -%}
    {%- elif not config.get('unique_key') or not config.get('contract').enforced -%}
        {%- do fast_dau.refuse_model("it has no unique_key, or no contract that is enforced") -%}
    {%- endif -%}
    {%- for constraint in model.constraints + model.columns.values()
        | map(attribute='constraints') | sum(start=[]) if constraint.type != 'not_null' -%}
        {%- do fast_dau.refuse_model("of constraints it can have not_null, and no "
            ~ constraint.type
            ~ "; a unique index is made by the post-hook ensure_index") -%}
    {%- endfor -%}
{%- endmacro %}


{% macro refuse_model(reason) -%}
    {%- do exceptions.raise_compiler_error(
        "fast-dau: the model " ~ model.name ~ " cannot be built by replace_days: " ~ reason
    ) -%}
{%- endmacro %}
