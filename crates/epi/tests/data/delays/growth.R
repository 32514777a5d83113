# Reference values for growth rates: R's glm, quasi-Poisson. Usage: Rscript growth.R DIRECTORY-OF-THE-RESULTS
out <- function(d, name) write.csv(d, file.path(commandArgs(TRUE)[1], name), row.names = FALSE, quote = FALSE)
set.seed(7)
t <- 0:27
d <- data.frame(t = t, n = rnbinom(28, mu = 20 * exp(0.06 * t) * c(1, 1.2, 1.1, 1, 1, 0.7, 0.5)[t %% 7 + 1], size = 30))
out(d, "growth.csv")
fits <- NULL
for (weekday in c(FALSE, TRUE)) for (last in c(27, 20)) {
  x <- d[d$t <= last, ]
  m <- if (weekday) glm(n ~ t + factor(t %% 7), quasipoisson, x, epsilon = 1e-14) else glm(n ~ t, quasipoisson, x, epsilon = 1e-14)
  s <- summary(m)
  fits <- rbind(fits, data.frame(weekday, last, rate = coef(m)[["t"]], error = s$coefficients["t", 2], scatter = s$dispersion))
}
out(format(fits, digits = 12), "growth_fits.csv")
