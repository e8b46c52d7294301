# The package with everything that uv.lock names, and Airflow among it.
FROM python:3.11-slim-bookworm AS build
ARG UV_VERSION=0.13.8
RUN pip install --no-cache-dir uv==${UV_VERSION}
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
WORKDIR /opt/recount
# What is installed changes less often than what we wrote, so it has its own layer.
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --compile-bytecode --no-dev --extra postgres --no-install-project
COPY LICENSE ./
COPY contracts contracts
COPY dags dags
COPY dbt_project dbt_project
COPY expectations expectations
COPY plugins plugins
RUN uv sync --frozen --compile-bytecode --no-dev --extra postgres

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 recount \
    && useradd --uid 10001 --gid recount --home-dir /opt/airflow --create-home recount \
    && install --directory --owner recount --group recount /opt/airflow/logs /opt/airflow/private
COPY --from=build /opt/recount /opt/recount
# dbt keeps what it has parsed here; the rest of the image cannot be written by who runs it.
RUN install --directory --owner recount --group recount /opt/recount/dbt_project/target
# Sites for auditors say which commit made them: --build-arg RECOUNT_COMMIT="$(git rev-parse HEAD)"
ARG RECOUNT_COMMIT=
ENV PATH=/opt/recount/.venv/bin:$PATH \
    RECOUNT_COMMIT=${RECOUNT_COMMIT} \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/recount/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/recount/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=false \
    DBT_SEND_ANONYMOUS_USAGE_STATS=false \
    DO_NOT_TRACK=1 \
    GX_ANALYTICS_ENABLED=false
USER recount
WORKDIR /opt/airflow
CMD ["recount", "--help"]
