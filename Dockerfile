# The portal's processes (web, worker, beat) in one image; docker-compose.yml says which one a container runs.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    INNOMARKET_VAR=/srv/innomarket/var \
    PATH=/srv/innomarket/.venv/bin:$PATH

WORKDIR /srv/innomarket
COPY tools/__init__.py tools/venv.py tools/
COPY requirements/ requirements/
RUN python tools/venv.py

COPY . .
# Translations and static files are part of the image. The key is for this build only and stays in no layer.
RUN python -m tools.messages compile \
    && SECRET_KEY=for-this-build-only python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system --uid 10001 --home-dir /srv/innomarket innomarket \
    && mkdir -p var/run media secrets \
    && chown -R innomarket var media secrets \
    && chmod 700 secrets

# By number: a host need not know the name.
USER 10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--no-ws", "innomarket.wsgi:application"]
