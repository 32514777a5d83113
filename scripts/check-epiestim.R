# See scripts/check-epiestim. Every case is estimated by EpiEstim and by the program, and compared.
suppressPackageStartupMessages(library(EpiEstim))
program <- commandArgs(trailingOnly = TRUE)[1]
folder <- tempfile("epiestim")
dir.create(folder)
failed <- 0
compared <- 0
worst <- 0
names9 <- c("mean", "sd", "q025", "q05", "q25", "q50", "q75", "q95", "q975")

put <- function(name, table) {
  path <- file.path(folder, name)
  write.csv(table, path, row.names = FALSE, quote = FALSE)
  path
}

run <- function(args) {
  out <- system2(program, c("rt", args), stdout = TRUE)
  status <- attr(out, "status")
  if (!is.null(status) && status != 0) stop("the program failed: ", paste(args, collapse = " "))
  read.csv(text = out)
}

say <- function(what, ...) {
  failed <<- failed + 1
  cat("FAILED", what, ...,  "\n")
}

# The same windows, the same ones unknown, and figures that differ by less than `within`, relatively or in standard deviations of R.
compare <- function(what, theirs, ours, columns, within, in_sds = FALSE) {
  compared <<- compared + 1
  if (nrow(theirs) != nrow(ours) || any(theirs$t_start != ours$t_start) || any(theirs$t_end != ours$t_end)) {
    return(say(what, "windows differ"))
  }
  a <- as.matrix(theirs[, columns])
  b <- as.matrix(ours[, columns])
  if (any(is.na(a) != is.na(b))) return(say(what, "unlike in what is unknown"))
  off <- abs(a - b) / (if (in_sds) ours$sd else pmax(abs(a), 1e-300))
  most <- max(off, 0, na.rm = TRUE)
  if (within <= 1e-9) worst <<- max(worst, most)
  if (most > within) say(what, "differs by", most)
}

r_of <- function(r) {
  names(r) <- c("t_start", "t_end", names9)
  as.data.frame(lapply(r, as.numeric))
}

counts_of <- function(incidence) {
  if (is.data.frame(incidence) && all(c("local", "imported") %in% names(incidence))) {
    data.frame(t = seq_len(nrow(incidence)), local = incidence$local, imported = incidence$imported)
  } else if (is.data.frame(incidence)) {
    data.frame(t = seq_len(nrow(incidence)), I = incidence$I)
  } else {
    data.frame(t = seq_along(incidence), I = incidence)
  }
}

windows_of <- function(days, kind) {
  first <- switch(as.character(kind), whole = 2, halves = c(2, days %/% 2), kind_of_any = c(2, 3, 5), seq(2, days - as.integer(kind) + 1))
  last <- switch(as.character(kind), whole = days, halves = c(days %/% 2 - 1, days), kind_of_any = c(2, days - 1, 9), first + as.integer(kind) - 1)
  list(first = first, last = last)
}

for (set in c("Measles1861", "Smallpox1972", "flu_2009_NYC_school", "mers_2014_15", "MockRotavirus")) data(list = set, package = "EpiEstim")
interval_of <- function(mean, sd, days) discr_si(seq(0, days), mean, sd)
sets <- list(
  measles = list(i = Measles1861$incidence, w = Measles1861$si_distr, mean = 14.9, sd = 3.9),
  smallpox = list(i = Smallpox1972$incidence, w = Smallpox1972$si_distr, mean = 22.4, sd = 6.1),
  school = list(i = flu_2009_NYC_school$incidence, w = c(0, 0.3, 0.4, 0.2, 0.1), mean = 2.3, sd = 1.1),
  mers = list(i = mers_2014_15$incidence, w = interval_of(6.8, 4.1, 30) / sum(interval_of(6.8, 4.1, 30)), mean = 6.8, sd = 4.1),
  rotavirus = list(i = MockRotavirus$incidence, w = c(0, 0.1, 0.2, 0.3, 0.2, 0.1, 0.1), mean = 3.7, sd = 1.6),
  # Counts far beyond any outbreak, and far below.
  thousands = list(i = MockRotavirus$incidence * 1000, w = c(0, 0.1, 0.2, 0.3, 0.2, 0.1, 0.1), mean = 3.7, sd = 1.6),
  few = list(i = c(1, rep(0, 12), 1, 0, 0, 2, rep(0, 20)), w = c(0, 0.25, 0.5, 0.25), mean = 1.2, sd = 4.5)
)
priors <- list(c(5, 5), c(1, 0.3), c(2.6, 20))

for (name in names(sets)) {
  s <- sets[[name]]
  table <- counts_of(s$i)
  days <- nrow(table)
  file <- put(paste0(name, ".csv"), table)
  si <- put(paste0(name, ".si.csv"), data.frame(k = seq_along(s$w) - 1, w = format(s$w, digits = 17, scientific = TRUE)))
  for (kind in c(1, 7, 14, "whole", "halves", "kind_of_any")) {
    at <- windows_of(days, kind)
    if (any(at$last < at$first) || any(at$first > days) || any(at$last > days) || length(at$first) == 0) next
    window <- if (grepl("^[0-9]", kind)) c("--window", kind) else
      c("--windows", put(paste(name, kind, "windows.csv", sep = "."), data.frame(t_start = at$first, t_end = at$last)))
    # EpiEstim takes seconds for each of the 495 days of this one.
    for (prior in if (name == "mers" && kind != "7") priors[3] else priors) {
      ask <- function(method, config) {
        config <- make_config(c(config, list(t_start = at$first, t_end = at$last, mean_prior = prior[1], std_prior = prior[2])))
        suppressMessages(suppressWarnings(r_of(estimate_R(s$i, method = method, config = config)$R)))
      }
      shared <- c(file, "--method", "cori", window, "--prior-mean", prior[1], "--prior-sd", prior[2])
      what <- paste(name, "windows", kind, "prior", prior[1], prior[2])
      compare(paste(what, "given interval"), ask("non_parametric_si", list(si_distr = s$w)), run(c(shared, "--si", si)), names9, 1e-9)
      compare(paste(what, "gamma interval"), ask("parametric_si", list(mean_si = s$mean, std_si = s$sd)),
              run(c(shared, "--si-mean", s$mean, "--si-sd", s$sd)), names9, 1e-9)
    }
  }
}

# What is drawn: EpiEstim's figures are of its draws, ours of the whole mixture, or of other draws.
set.seed(1)
quiet <- function(x) suppressMessages(suppressWarnings(x))
for (name in c("school", "rotavirus", "mers")) {
  s <- sets[[name]]
  if (name == "mers") s$i <- s$i[1:100, ]
  file <- put(paste0(name, ".csv"), counts_of(s$i))
  doubt <- list(mean_si = s$mean, std_mean_si = 0.5, min_mean_si = s$mean - 1, max_mean_si = s$mean + 1,
                std_si = s$sd, std_std_si = 0.2, min_std_si = s$sd - 0.4, max_std_si = s$sd + 0.4, n1 = 300, n2 = 50)
  days <- nrow(counts_of(s$i))
  at <- list(t_start = seq(8, days - 6), t_end = seq(14, days))
  window <- c("--windows", put("doubt.csv", as.data.frame(at)))
  theirs <- quiet(r_of(estimate_R(s$i, method = "uncertain_si", config = make_config(c(doubt, at)))$R))
  ours <- run(c(file, "--method", "cori", window, "--si-mean", s$mean, "--si-mean-sd", 0.5, "--si-mean-min", s$mean - 1,
                "--si-mean-max", s$mean + 1, "--si-sd", s$sd, "--si-sd-sd", 0.2, "--si-sd-min", s$sd - 0.4, "--si-sd-max", s$sd + 0.4,
                "--si-samples", 300, "--seed", 1))
  compare(paste(name, "doubtful interval"), theirs, ours, c("mean", "q25", "q50", "q75"), 0.12, TRUE)
  compare(paste(name, "doubtful interval, tails"), theirs, ours, c("sd", "q05", "q95"), 0.25, TRUE)
  samples <- sapply(1:20, function(k) { w <- interval_of(s$mean + k / 20, s$sd, 25); w / sum(w) })
  long <- data.frame(k = rep(seq_len(nrow(samples)) - 1, 20), w = format(as.vector(samples), digits = 17, scientific = TRUE),
                     sample = rep(1:20, each = nrow(samples)))
  theirs <- quiet(r_of(estimate_R(s$i, method = "si_from_sample", si_sample = samples, config = make_config(c(at, list(n2 = 1000))))$R))
  ours <- run(c(file, "--method", "cori", window, "--si", put("samples.csv", long)))
  compare(paste(name, "sampled intervals"), theirs, ours, c("mean", "q25", "q50", "q75"), 0.05, TRUE)
  compare(paste(name, "sampled intervals, tails"), theirs, ours, c("sd", "q025", "q05", "q95", "q975"), 0.15, TRUE)
}

for (name in c("measles", "smallpox", "school")) {
  s <- sets[[name]]
  table <- counts_of(s$i)
  file <- put(paste0(name, ".csv"), table)
  si <- put(paste0(name, ".si.csv"), data.frame(k = seq_along(s$w) - 1, w = format(s$w, digits = 17, scientific = TRUE)))
  for (window in c(1, 7)) {
    at <- windows_of(nrow(table), window)
    config <- list(t_start = at$first, t_end = at$last, si_distr = s$w, n_sim = 200)
    theirs <- quiet(wallinga_teunis(s$i, method = "non_parametric_si", config = config)$R)
    names(theirs) <- c("t_start", "t_end", "mean", "sd", "q025", "q975")
    ours <- run(c(file, "--method", "wallinga-teunis", "--window", window, "--si", si))
    # EpiEstim leaves out the windows without cases.
    rest <- !(ours$t_start %in% theirs$t_start)
    if (any(!is.na(ours$mean[rest]))) say(name, "Wallinga and Teunis: more windows than EpiEstim has")
    ours <- ours[!rest, ]
    what <- paste(name, "Wallinga and Teunis, windows of", window)
    compare(what, theirs, ours, "mean", 1e-9)
    cases <- sapply(seq_len(nrow(theirs)), function(k) sum(table$I[theirs$t_start[k]:theirs$t_end[k]]))
    # Of 200 draws.
    if (any(abs(theirs$sd - ours$sd) > 0.4 * ours$sd + 0.05)) say(what, "standard deviations differ")
    far <- function(a, b) any(abs(a - b) > 2.01 / cases + 0.7 * ours$sd)
    if (far(theirs$q025, ours$q025) || far(theirs$q975, ours$q975)) say(what, "intervals differ")
  }
}

cat(sprintf("EpiEstim %s: %d comparisons, %d failed; posteriors differ by %.1e at most\n", packageVersion("EpiEstim"), compared, failed, worst))
quit(status = if (failed > 0) 1 else 0)
