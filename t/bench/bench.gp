# bench.gp - the plot of `make bench`: copies a second, by the size of the room
set terminal svg size 800,500
set output "bench.svg"
set logscale xy
set xlabel "occupants of the room"
set ylabel "copies a second"
set key left top
set datafile missing "nan"
set xrange [8:1250]
plot "bench.dat" using 1:4 with lines title "the limit: stanzas made before", \
     "bench.dat" using 1:2 with linespoints title "mucd", \
     "bench.dat" using 1:3 with linespoints title "mu-conference"
