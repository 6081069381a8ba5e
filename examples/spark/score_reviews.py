"""A Spark job that scores a table of reviews against a rubric, however many there are.

    spark-submit examples/spark/score_reviews.py RUBRIC REVIEWS OUTPUT [--by COLUMN]

REVIEWS is a folder or file of Parquet in the wide form of docs/formats.md: a row a review, a
column `section.criterion` for each criterion. OUTPUT becomes a folder of Parquet with a row a
review: every other column as it was, and the results. With `--by` the output is partitioned by a
column, such as `team` or `band`. The driver needs charter-score with its extra `spark`; executors
need it only for rubrics whose sums 64 bits cannot hold, of which the driver warns.
"""

import argparse
import sys

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col, count, when

from charter_score import load_rubric, score_frame


def scored(session: SparkSession, rubric: str, reviews: str) -> DataFrame:
    """The reviews with their results."""
    frame = session.read.parquet(reviews)
    result: DataFrame = score_frame(frame, load_rubric(rubric))
    return result


def main(words: list[str]) -> int:
    """Score, write, and say how many reviews have no score, and why."""
    parser = argparse.ArgumentParser(description="Score a table of reviews with Spark.")
    parser.add_argument("rubric", help="the rubric's file")
    parser.add_argument("reviews", help="Parquet, one row a review")
    parser.add_argument("output", help="the folder to write; it must not exist yet")
    parser.add_argument("--by", help="a column by which the output is partitioned")
    asked = parser.parse_args(words)
    session = SparkSession.builder.appName("charter-score").getOrCreate()
    writer = scored(session, asked.rubric, asked.reviews).write
    if asked.by:
        writer = writer.partitionBy(asked.by)
    writer.parquet(asked.output)
    reason = when(col("not_scored").isNull(), "scored").otherwise(col("not_scored"))
    written = session.read.parquet(asked.output)
    for found in written.groupBy(reason.alias("reason")).agg(count("*").alias("n")).collect():
        sys.stdout.write(f"{found['reason']}: {found['n']}\n")
    session.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
